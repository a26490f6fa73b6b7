"""What rows were before a transaction changed them: a released step of the store's migrations, never changed.

The ledger compares it with what it sealed last, so that a change made behind its back stays found after the row moves
on. The triggers run before the update: others of the same row may write it again.
"""

LEDGER_BEFORE = """
alter table unsealed add column fixed_was text;
alter table unsealed add column state_was text;
drop trigger policy_added;
create trigger policy_added after insert on policy begin
insert into unsealed (kind, key, anew) values ('policy', new.hash, 1)
on conflict do update set anew = 1; end;
drop trigger policy_removed;
create trigger policy_removed after delete on policy begin
insert into unsealed (kind, key, anew) values ('policy', old.hash, 1)
on conflict do update set anew = 1; end;
drop trigger policy_rewritten;
create trigger policy_rewritten before update of hash, texts on policy begin
insert into unsealed (kind, key, anew, fixed_was) values ('policy', old.hash, 1, json_array(old.hash,
    old.texts))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger policy_version_added;
create trigger policy_version_added after insert on policy_version begin
insert into unsealed (kind, key, anew) values ('policy_version', new.number, 1)
on conflict do update set anew = 1; end;
drop trigger policy_version_removed;
create trigger policy_version_removed after delete on policy_version begin
insert into unsealed (kind, key, anew) values ('policy_version', old.number, 1)
on conflict do update set anew = 1; end;
drop trigger policy_version_rewritten;
create trigger policy_version_rewritten before update of number, policy, at, who, approved_by, note,
    rolled_back_to, after_run, changes on policy_version begin
insert into unsealed (kind, key, anew, fixed_was) values ('policy_version', old.number, 1,
    json_array(old.number, old.policy, old.at, old.who, old.approved_by, old.note, old.rolled_back_to,
    old.after_run, old.changes))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger run_added;
create trigger run_added after insert on run begin
insert into unsealed (kind, key, anew) values ('run', new.number, 1)
on conflict do update set anew = 1; end;
drop trigger run_removed;
create trigger run_removed after delete on run begin
insert into unsealed (kind, key, anew) values ('run', old.number, 1)
on conflict do update set anew = 1; end;
drop trigger run_rewritten;
create trigger run_rewritten before update of number, id, today, engine, policy, snapshot, language, rejected on
    run begin
insert into unsealed (kind, key, anew, fixed_was) values ('run', old.number, 1, json_array(old.number, old.id,
    old.today, old.engine, old.policy, old.snapshot, old.language, old.rejected))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger run_moved_on;
create trigger run_moved_on before update of counts on run begin
insert into unsealed (kind, key, anew, state_was) values ('run', old.number, 0, json_array(old.counts))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
drop trigger episode_added;
create trigger episode_added after insert on episode begin
insert into unsealed (kind, key, anew) values ('episode', new.id, 1)
on conflict do update set anew = 1; end;
drop trigger episode_removed;
create trigger episode_removed after delete on episode begin
insert into unsealed (kind, key, anew) values ('episode', old.id, 1)
on conflict do update set anew = 1; end;
drop trigger episode_rewritten;
create trigger episode_rewritten before update of id, key, number, play, subject_type, subject, account,
    opened_run on episode begin
insert into unsealed (kind, key, anew, fixed_was) values ('episode', old.id, 1, json_array(old.id, old.key,
    old.number, old.play, old.subject_type, old.subject, old.account, old.opened_run))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger episode_moved_on;
create trigger episode_moved_on before update of account_name, state, touched, priority, reasons, sources,
    digest, missed, missed_on, ended_on, ended_why, tier, snoozed_until, skipped, plain_until on episode begin
insert into unsealed (kind, key, anew, state_was) values ('episode', old.id, 0, json_array(old.account_name,
    old.state, old.touched, old.priority, old.reasons, old.sources, old.digest, old.missed, old.missed_on,
    old.ended_on, old.ended_why, old.tier, old.snoozed_until, old.skipped, old.plain_until))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
drop trigger task_added;
create trigger task_added after insert on task begin
insert into unsealed (kind, key, anew) values ('task', new.id, 1)
on conflict do update set anew = 1; end;
drop trigger task_removed;
create trigger task_removed after delete on task begin
insert into unsealed (kind, key, anew) values ('task', old.id, 1)
on conflict do update set anew = 1; end;
drop trigger task_rewritten;
create trigger task_rewritten before update of id, episode, step, title, body, language, contact, made_run on
    task begin
insert into unsealed (kind, key, anew, fixed_was) values ('task', old.id, 1, json_array(old.id, old.episode,
    old.step, old.title, old.body, old.language, old.contact, old.made_run))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger task_moved_on;
create trigger task_moved_on before update of assignee, queue, due_on, status, asks, ended_run, ended_on,
    ended_why, joined, by_hand on task begin
insert into unsealed (kind, key, anew, state_was) values ('task', old.id, 0, json_array(old.assignee, old.queue,
    old.due_on, old.status, old.asks, old.ended_run, old.ended_on, old.ended_why, old.joined, old.by_hand))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
drop trigger action_added;
create trigger action_added after insert on action begin
insert into unsealed (kind, key, anew) values ('action', new.id, 1)
on conflict do update set anew = 1; end;
drop trigger action_removed;
create trigger action_removed after delete on action begin
insert into unsealed (kind, key, anew) values ('action', old.id, 1)
on conflict do update set anew = 1; end;
drop trigger action_rewritten;
create trigger action_rewritten before update of id, task, who, at, what, note, detail on action begin
insert into unsealed (kind, key, anew, fixed_was) values ('action', old.id, 1, json_array(old.id, old.task,
    old.who, old.at, old.what, old.note, old.detail))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger action_moved_on;
create trigger action_moved_on before update of undone_at, undone_by on action begin
insert into unsealed (kind, key, anew, state_was) values ('action', old.id, 0, json_array(old.undone_at,
    old.undone_by))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
drop trigger told_added;
create trigger told_added after insert on told begin
insert into unsealed (kind, key, anew) values ('told', new.id, 1)
on conflict do update set anew = 1; end;
drop trigger told_removed;
create trigger told_removed after delete on told begin
insert into unsealed (kind, key, anew) values ('told', old.id, 1)
on conflict do update set anew = 1; end;
drop trigger told_rewritten;
create trigger told_rewritten before update of id, type, fact, fields, who, at, task on told begin
insert into unsealed (kind, key, anew, fixed_was) values ('told', old.id, 1, json_array(old.id, old.type,
    old.fact, old.fields, old.who, old.at, old.task))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger told_moved_on;
create trigger told_moved_on before update of before, undone_at, undone_by on told begin
insert into unsealed (kind, key, anew, state_was) values ('told', old.id, 0, json_array(old.before,
    old.undone_at, old.undone_by))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
drop trigger notice_added;
create trigger notice_added after insert on notice begin
insert into unsealed (kind, key, anew) values ('notice', new.id, 1)
on conflict do update set anew = 1; end;
drop trigger notice_removed;
create trigger notice_removed after delete on notice begin
insert into unsealed (kind, key, anew) values ('notice', old.id, 1)
on conflict do update set anew = 1; end;
drop trigger notice_rewritten;
create trigger notice_rewritten before update of id, level, run on notice begin
insert into unsealed (kind, key, anew, fixed_was) values ('notice', old.id, 1, json_array(old.id, old.level,
    old.run))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
drop trigger notice_moved_on;
create trigger notice_moved_on before update of task, person, queue, before, why on notice begin
insert into unsealed (kind, key, anew, state_was) values ('notice', old.id, 0, json_array(old.task, old.person,
    old.queue, old.before, old.why))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
insert into unsealed (kind, key, anew) select 'rep', id, 2 from rep;
create trigger rep_added after insert on rep begin
insert into unsealed (kind, key, anew) values ('rep', new.id, 1)
on conflict do update set anew = 1; end;
create trigger rep_removed after delete on rep begin
insert into unsealed (kind, key, anew) values ('rep', old.id, 1)
on conflict do update set anew = 1; end;
create trigger rep_rewritten before update of id on rep begin
insert into unsealed (kind, key, anew, fixed_was) values ('rep', old.id, 1, json_array(old.id))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end;
create trigger rep_moved_on before update of name, email, active on rep begin
insert into unsealed (kind, key, anew, state_was) values ('rep', old.id, 0, json_array(old.name, old.email,
    old.active))
on conflict do update set state_was = coalesce(state_was, excluded.state_was); end;
insert into unsealed (kind, key, anew) select 'moved', id, 2 from moved;
create trigger moved_added after insert on moved begin
insert into unsealed (kind, key, anew) values ('moved', new.id, 1)
on conflict do update set anew = 1; end;
create trigger moved_removed after delete on moved begin
insert into unsealed (kind, key, anew) values ('moved', old.id, 1)
on conflict do update set anew = 1; end;
create trigger moved_rewritten before update of id, task, person, run on moved begin
insert into unsealed (kind, key, anew, fixed_was) values ('moved', old.id, 1, json_array(old.id, old.task,
    old.person, old.run))
on conflict do update set anew = 1, fixed_was = coalesce(fixed_was, excluded.fixed_was); end
"""
