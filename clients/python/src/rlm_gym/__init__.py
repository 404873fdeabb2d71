"""rlm-gym from Python: start a server, step its environments, train.

`Server` starts `rlm-gym serve`; `Env` and `AsyncEnv` play its episodes. `rlm_gym.gymnasium` has Gymnasium's `Env` and
`VectorEnv`; import it only if gymnasium is installed.
"""

from .env import AsyncEnv, Env
from .errors import CapacityReached, ConnectionLost, InfraError, ProtocolError, RlmGymError, ServerError
from .messages import Action, Answer, Code, Completion, Observation, Step
from .server import Gateway, Server

__all__ = [
    "Action",
    "Answer",
    "AsyncEnv",
    "CapacityReached",
    "Code",
    "Completion",
    "ConnectionLost",
    "Env",
    "Gateway",
    "InfraError",
    "Observation",
    "ProtocolError",
    "RlmGymError",
    "Server",
    "ServerError",
    "Step",
]
