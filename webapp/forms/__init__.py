"""Forms in pages: what a browser posts becomes data, data becomes HTML that works without JavaScript.

``read_post`` and ``apply_row_action`` read a request, ``FormView`` and the macros of ``forms/fields.html`` answer it.
Which URL a form posts to, who may and where drafts are kept is the page's business.
"""

from webapp.forms.post import FileStore, apply_row_action, attach_files, option_token, read_post
from webapp.forms.view import FormView

__all__ = ["FileStore", "FormView", "apply_row_action", "attach_files", "option_token", "read_post"]
