package io.millrace.run;

import io.millrace.commit.CommitSchedule;
import io.millrace.commit.RunJournal;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.WorkSource;
import io.millrace.promotion.Evaluations;
import io.millrace.time.RunClock;

/**
 * What a run is connected with: durable in the service, in memory where nothing is to outlive it.
 *
 * @param source where work comes from
 * @param journal has work before its first step; closed with the run
 * @param identity which of the topics of one name is read
 * @param commits when what training leaves behind is kept
 * @param evaluations closed with the run
 * @param control what others want of it
 */
public record RunPorts(
    WorkSource source,
    RunJournal journal,
    RunIdentity identity,
    CommitSchedule commits,
    Evaluations evaluations,
    RunControl control,
    RunReport report,
    RunClock clock) {}
