"""`python tiny_gguf.py FILE`: a random llama of half a megabyte, for a real llama.cpp. It says nothing that means anything.

Run by a Python that has numpy and gguf, which is not the one of the tests.
"""

import sys
from pathlib import Path
from typing import Any

import gguf  # type: ignore[import-not-found]
import numpy  # type: ignore[import-not-found]

WIDTH, LAYERS, HEADS, INNER, CONTEXT = 64, 2, 4, 128, 4096
WORDS = [" hello", " world", " the", " model", " says", " and", " is", "ing", ".", ",", " "]
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def write(file: Path) -> None:
    """The model: its settings, a vocabulary of bytes and some words, random weights."""
    words = [word.replace(" ", "\u2581") for word in WORDS] + [chr(code) for code in range(97, 123)]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *words]
    out = gguf.GGUFWriter(file, "llama")
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_vocab_size(len(tokens))
    out.add_tokenizer_model("llama")
    out.add_token_list([token.encode() for token in tokens])
    out.add_token_scores([0.0] * 259 + [-float(at) for at in range(len(words))])
    out.add_token_types([UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256 + [NORMAL] * len(words))
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_unk_token_id(0)
    out.add_chat_template(TEMPLATE)
    _weights(out, len(tokens))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def _weights(out: Any, tokens: int) -> None:
    random = numpy.random.default_rng(0)

    def some(*shape: int) -> Any:
        return (random.standard_normal(shape) * 0.3).astype(numpy.float32)

    ones = numpy.ones(WIDTH, numpy.float32)
    last = some(tokens, WIDTH)
    last[:259] *= 0.02  # words alone: of bytes that are no characters the server makes nothing, for minutes
    last[259:] *= 4
    out.add_tensor("token_embd.weight", some(tokens, WIDTH))
    out.add_tensor("output_norm.weight", ones)
    out.add_tensor("output.weight", last)
    for layer in range(LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            out.add_tensor(f"blk.{layer}.{name}.weight", some(WIDTH, WIDTH))
        out.add_tensor(f"blk.{layer}.ffn_gate.weight", some(INNER, WIDTH))
        out.add_tensor(f"blk.{layer}.ffn_up.weight", some(INNER, WIDTH))
        out.add_tensor(f"blk.{layer}.ffn_down.weight", some(WIDTH, INNER))
        out.add_tensor(f"blk.{layer}.attn_norm.weight", ones)
        out.add_tensor(f"blk.{layer}.ffn_norm.weight", ones)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
