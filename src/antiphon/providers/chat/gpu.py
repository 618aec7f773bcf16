"""The GPUs of this machine, by NVML. Blocking: call it off the event loop."""

from importlib import import_module
from typing import Any


def gpus() -> list[str]:
    """Each in words: "NVIDIA H100 (12.0 of 80.0 GB used)"; none where there is no GPU, or no driver."""
    nvml: Any = import_module("pynvml")  # with the first look: no start loads it
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return []
    try:
        return [_words(nvml, at) for at in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:
        return []
    finally:
        nvml.nvmlShutdown()


def _words(nvml: Any, at: int) -> str:
    handle = nvml.nvmlDeviceGetHandleByIndex(at)
    name = nvml.nvmlDeviceGetName(handle)
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError:  # of some, it is the machine's own
        return str(name)
    return f"{name} ({memory.used / 1e9:.1f} of {memory.total / 1e9:.1f} GB used)"
