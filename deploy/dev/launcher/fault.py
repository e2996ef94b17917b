"""How the launcher says that it cannot go on."""


class Fault(Exception):
    """One sentence for a person, printed without a traceback; the exit status is 1."""

    exit_status = 1


class Usage(Fault):
    """The command line itself is wrong."""

    exit_status = 2
