"""The browser page: served on this machine, or exported as a folder for any web host."""

from inphase.viewer.app import create_app
from inphase.viewer.documents import Documents
from inphase.viewer.export import export_page
from inphase.viewer.export_folder import check_export_folder
from inphase.viewer.guard import LOCAL, Access
from inphase.viewer.label_file import LabelFile
from inphase.viewer.server import open_place, serve, served
from inphase.viewer.shelf import Shelf
from inphase.viewer.videos import ViewedCollection, ViewedVideo, viewed

__all__ = [
    "LOCAL",
    "Access",
    "Documents",
    "LabelFile",
    "Shelf",
    "ViewedCollection",
    "ViewedVideo",
    "check_export_folder",
    "create_app",
    "export_page",
    "open_place",
    "serve",
    "served",
    "viewed",
]
