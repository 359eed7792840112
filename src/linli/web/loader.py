"""Templates are laid out for whoever reads them; what is sent has one line break where they have an indentation."""

import re

from django.template import Origin
from django.template.loaders import app_directories


class TightLoader(app_directories.Loader):
    """Finds the templates of the apps and drops their indentation."""

    def get_contents(self, origin: Origin) -> str:
        """The template's text. Raises TemplateDoesNotExist."""
        return re.sub(r"\s*\n\s*", "\n", super().get_contents(origin))
