"""Static files under hashed names, compressed once, served by the web processes with a year's cache."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """A name that is missing from the manifest is an error in tests, the plain name in the wild."""

    manifest_strict = False
    support_js_module_import_aggregation = True
