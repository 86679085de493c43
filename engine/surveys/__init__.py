"""The yearly customer satisfaction survey: frame, sample, questionnaire, answers, estimates (policy 5.1)."""
