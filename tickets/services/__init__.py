"""Every write on a case. Pages, API, jobs and commands call these and nothing else."""

from tickets.services.intake import NewCase, log_case
from tickets.services.recompute import recompute_deadlines
from tickets.services.refiling import refile_open_cases
from tickets.services.workflow import Step, perform

__all__ = ["NewCase", "Step", "log_case", "perform", "recompute_deadlines", "refile_open_cases"]
