"""What an editor says while it saves: the words for ``webapp/static/js/changes``."""

from __future__ import annotations

from flask_babel import gettext


def saving_words() -> dict[str, str]:
    """The states and questions of saving, in the reader's language; the scripts fill in what stands in braces."""
    return {
        "saved": gettext("Saved"),
        "unsaved": gettext("Not saved yet"),
        "saving": gettext("Saving …"),
        "offline": gettext("No connection; it will be tried again by itself"),
        "signed_out": gettext("Your session has ended: sign in again in another tab; what you did is kept here"),
        "refused": gettext("Could not be saved: {message}"),
        "conflict": gettext("Not saved: there is a newer version"),
        "conflict_question": gettext(
            "This file was changed by somebody else or in another tab. Which version should count? "
            "The other one is set aside for you to download."
        ),
        "keep_mine": gettext("Keep mine"),
        "take_theirs": gettext("Take the newer one"),
        "restore_question": gettext("What you did until {at} did not reach the server. Restore it?"),
        "restore": gettext("Restore"),
        "discard": gettext("Leave it"),
        "set_aside": gettext("The version that was not taken has been set aside."),
        "download": gettext("Download"),
        "forget": gettext("Throw it away"),
        "locked": gettext("{name} is editing; you can look, but not change anything"),
        "not_yours": gettext("You can look, but not change anything"),
        "take_over": gettext("Take over editing"),
    }
