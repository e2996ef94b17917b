"""What ends a build of images with one sentence."""


class Fault(Exception):
    """Said on stderr; exit status 1."""
