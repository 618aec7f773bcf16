"""A suite that any implementation of the log can be run through.

    @pytest.mark.parametrize("check", CHECKS, ids=name_of)
    async def test_log(check, tmp_path):
        log = await Log.open(tmp_path)
        await check(Subject(log=log, beside=lambda: Log.open_beside(tmp_path)))
        await log.close()

Each check gets an empty log of its own. `beside` opens the same log through another
connection, as a second process would: what is unique must be so against both.
"""

from collections.abc import Awaitable, Callable

from antiphon.testing.log_checks import keeping, owning, reading, turning, writing
from antiphon.testing.log_checks.subject import Subject

__all__ = ["CHECKS", "Subject", "name_of"]


def name_of(check: Callable[[Subject], Awaitable[None]]) -> str:
    """A check's name for a report."""
    return getattr(check, "__name__", "check")


CHECKS: tuple[Callable[[Subject], Awaitable[None]], ...] = (
    writing.a_change_that_raises_leaves_nothing,
    writing.a_failed_change_spares_its_group,
    writing.changes_run_in_order,
    writing.a_committed_change_is_seen_by_the_next_read,
    writing.what_is_appended_is_read_back,
    writing.a_wrong_head_is_fenced,
    writing.an_older_claim_is_fenced,
    writing.one_writer_wins_each_seq,
    turning.one_turn_runs_at_a_time,
    turning.a_turn_ends_once,
    turning.a_turn_is_known_from_its_start_to_its_end,
    turning.a_turn_starts_once,
    turning.the_queue_keeps_its_order,
    turning.a_stall_shows_in_the_rows,
    turning.the_row_follows_the_session,
    turning.the_first_answer_wins,
    turning.open_approvals_are_found,
    writing.a_command_has_one_effect,
    writing.a_refused_append_stores_no_command,
    writing.commands_are_of_their_user,
    writing.old_commands_are_pruned,
    reading.frames_are_bounded,
    reading.cursors_cross_holes,
    reading.pages_leave_deltas_out,
    reading.a_turn_is_read_whole,
    reading.deltas_of_completed_items_are_compacted,
    owning.lists_page_through_all,
    owning.lists_keep_trash_apart,
    owning.nobody_sees_what_is_not_theirs,
    keeping.a_folder_is_one_project,
    keeping.a_renamed_project_keeps_its_sessions,
    keeping.projects_are_listed_by_use,
    keeping.a_link_signs_in_once,
    keeping.tokens_end,
    keeping.processes_are_noted_until_removed,
    keeping.attachments_keep_their_first_name,
    keeping.epochs_change_together,
)
