"""All agents that the tables are about, in the order in which the docs show them."""

from tests.agents import faults_chat, faults_claude, faults_codex, faults_gemini
from tests.agents.matrix import Subject

SUBJECTS: list[Subject] = [
    faults_claude.SUBJECT,
    faults_codex.SUBJECT,
    faults_gemini.SUBJECT,
    faults_chat.OPENROUTER,
    faults_chat.LOCALGPU,
]
