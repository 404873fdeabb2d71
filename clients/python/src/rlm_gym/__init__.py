"""rlm-gym from Python: start a server, step its environments, train.

`Server` starts `rlm-gym serve`; `Env` and `AsyncEnv` play its episodes; `rlm_gym.play` plays them whole, with a model behind the
gateway. `rlm_gym.gymnasium`, `.trl`, `.verifiers`, `.verl` and `.skyrl` are for those libraries; import one only if its library
is installed.
"""

from .env import AsyncEnv, Env
from .errors import (
    CapacityReached,
    ConnectionLost,
    InfraError,
    LostCall,
    NoTokenIds,
    ProtocolError,
    RlmGymError,
    ServerError,
    TokenizerMismatch,
)
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
    "LostCall",
    "NoTokenIds",
    "Observation",
    "ProtocolError",
    "RlmGymError",
    "Server",
    "ServerError",
    "Step",
    "TokenizerMismatch",
]
