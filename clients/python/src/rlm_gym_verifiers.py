"""The name by which verifiers and prime-rl load `rlm_gym.verifiers`: they take the name of a module without dots."""

from rlm_gym.verifiers import RlmGymEnv, RlmGymEnvConfig, RlmGymHarness, RlmGymTaskset

__all__ = ["RlmGymEnv", "RlmGymEnvConfig", "RlmGymHarness", "RlmGymTaskset"]
