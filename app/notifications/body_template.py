"""Fills a JSON body that was given as a template: values become strings inside it. Pure.

The template is read as JSON first and filled afterwards, so that no text of a message can end a
string and add a field of its own. Whether its fields fit is seen when the settings are read.
"""

from collections.abc import Mapping
from typing import Any

from app.notifications.template_text import filled


def body_of(template: Any, values: Mapping[str, str]) -> Any:
    """Return the same shape with every field in its texts filled."""
    if isinstance(template, str):
        return filled(template, values)
    if isinstance(template, list):
        return [body_of(each, values) for each in template]
    if isinstance(template, dict):
        return {name: body_of(each, values) for name, each in template.items()}
    return template
