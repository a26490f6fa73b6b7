"""The tables and triggers of the ledger: a released step of the store's migrations, never changed."""

LEDGER = """
create table ledger (
    number integer primary key,
    kind text not null,
    at text not null,
    body text not null,
    prev text not null,
    hash text not null unique,
    key text,
    signature text
);
create table unsealed (kind text not null, key not null, anew integer not null, primary key (kind, key)) without
    rowid;
alter table episode add column plain_until integer;
update episode set plain_until = 0 where state <> 'active' or touched <> 0;
create trigger episode_no_longer_plain after update of state, touched on episode
when old.state = 'active' and old.touched = 0 and (new.state <> 'active' or new.touched <> 0)
begin update episode set plain_until = (select max(number) from run) where id = new.id; end;
insert into unsealed select 'policy', hash, 1 from policy;
create trigger policy_added after insert on policy
begin insert into unsealed values ('policy', new.hash, 1) on conflict do update set anew = 1; end;
create trigger policy_removed after delete on policy
begin insert into unsealed values ('policy', old.hash, 1) on conflict do update set anew = 1; end;
create trigger policy_rewritten after update of hash, texts on policy
begin insert into unsealed values ('policy', new.hash, 1) on conflict do update set anew = 1; end;
insert into unsealed select 'policy_version', number, 1 from policy_version;
create trigger policy_version_added after insert on policy_version
begin insert into unsealed values ('policy_version', new.number, 1) on conflict do update set anew = 1; end;
create trigger policy_version_removed after delete on policy_version
begin insert into unsealed values ('policy_version', old.number, 1) on conflict do update set anew = 1; end;
create trigger policy_version_rewritten after update of number, policy, at, who, approved_by, note, rolled_back_to,
    after_run, changes on policy_version
begin insert into unsealed values ('policy_version', new.number, 1) on conflict do update set anew = 1; end;
insert into unsealed select 'run', number, 1 from run;
create trigger run_added after insert on run
begin insert into unsealed values ('run', new.number, 1) on conflict do update set anew = 1; end;
create trigger run_removed after delete on run
begin insert into unsealed values ('run', old.number, 1) on conflict do update set anew = 1; end;
create trigger run_rewritten after update of number, id, today, engine, policy, snapshot, language, rejected on run
begin insert into unsealed values ('run', new.number, 1) on conflict do update set anew = 1; end;
create trigger run_moved_on after update of counts
on run begin insert into unsealed values ('run', new.number, 0) on conflict do nothing; end;
insert into unsealed select 'episode', id, 1 from episode;
create trigger episode_added after insert on episode
begin insert into unsealed values ('episode', new.id, 1) on conflict do update set anew = 1; end;
create trigger episode_removed after delete on episode
begin insert into unsealed values ('episode', old.id, 1) on conflict do update set anew = 1; end;
create trigger episode_rewritten after update of id, key, number, play, subject_type, subject, account, opened_run on
    episode
begin insert into unsealed values ('episode', new.id, 1) on conflict do update set anew = 1; end;
create trigger episode_moved_on after update of account_name, state, touched, priority, reasons, sources, digest,
    missed,
    missed_on, ended_on, ended_why, tier, snoozed_until, skipped, plain_until
on episode begin insert into unsealed values ('episode', new.id, 0) on conflict do nothing; end;
insert into unsealed select 'task', id, 1 from task;
create trigger task_added after insert on task
begin insert into unsealed values ('task', new.id, 1) on conflict do update set anew = 1; end;
create trigger task_removed after delete on task
begin insert into unsealed values ('task', old.id, 1) on conflict do update set anew = 1; end;
create trigger task_rewritten after update of id, episode, step, title, body, language, contact, made_run on task
begin insert into unsealed values ('task', new.id, 1) on conflict do update set anew = 1; end;
create trigger task_moved_on after update of assignee, queue, due_on, status, asks, ended_run, ended_on, ended_why,
    joined,
    by_hand
on task begin insert into unsealed values ('task', new.id, 0) on conflict do nothing; end;
insert into unsealed select 'action', id, 1 from action;
create trigger action_added after insert on action
begin insert into unsealed values ('action', new.id, 1) on conflict do update set anew = 1; end;
create trigger action_removed after delete on action
begin insert into unsealed values ('action', old.id, 1) on conflict do update set anew = 1; end;
create trigger action_rewritten after update of id, task, who, at, what, note, detail on action
begin insert into unsealed values ('action', new.id, 1) on conflict do update set anew = 1; end;
create trigger action_moved_on after update of undone_at, undone_by
on action begin insert into unsealed values ('action', new.id, 0) on conflict do nothing; end;
insert into unsealed select 'told', id, 1 from told;
create trigger told_added after insert on told
begin insert into unsealed values ('told', new.id, 1) on conflict do update set anew = 1; end;
create trigger told_removed after delete on told
begin insert into unsealed values ('told', old.id, 1) on conflict do update set anew = 1; end;
create trigger told_rewritten after update of id, type, fact, fields, who, at, task on told
begin insert into unsealed values ('told', new.id, 1) on conflict do update set anew = 1; end;
create trigger told_moved_on after update of before, undone_at, undone_by
on told begin insert into unsealed values ('told', new.id, 0) on conflict do nothing; end;
insert into unsealed select 'notice', id, 1 from notice;
create trigger notice_added after insert on notice
begin insert into unsealed values ('notice', new.id, 1) on conflict do update set anew = 1; end;
create trigger notice_removed after delete on notice
begin insert into unsealed values ('notice', old.id, 1) on conflict do update set anew = 1; end;
create trigger notice_rewritten after update of id, level, run on notice
begin insert into unsealed values ('notice', new.id, 1) on conflict do update set anew = 1; end;
create trigger notice_moved_on after update of task, person, queue, before, why
on notice begin insert into unsealed values ('notice', new.id, 0) on conflict do nothing; end;
create trigger ledger_stays before update of number, kind, at, body, prev, hash, key, signature on ledger
begin select raise(abort, 'what was written there is never changed'); end;
create trigger ledger_kept before delete on ledger
begin select raise(abort, 'what was written there is never removed'); end;
create trigger action_stays before update of id, task, who, at, what, note, detail on action
begin select raise(abort, 'what was written there is never changed'); end;
create trigger action_kept before delete on action
begin select raise(abort, 'what was written there is never removed'); end;
create trigger told_stays before update of id, type, fact, fields, who, at, task on told
begin select raise(abort, 'what was written there is never changed'); end;
create trigger told_kept before delete on told
begin select raise(abort, 'what was written there is never removed'); end
"""
