"""What a WSGI server imports: the app with the settings of its environment."""

import os

from app.factory import create_app
from config import read_settings

app = create_app(read_settings(os.environ))
