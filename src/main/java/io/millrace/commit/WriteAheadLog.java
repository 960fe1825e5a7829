package io.millrace.commit;

import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalEntry;
import java.io.IOException;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The durable journal: work is on the disk before its first step. Training thread only. */
public final class WriteAheadLog implements RunJournal {

  private static final Logger LOG = Logger.getLogger(WriteAheadLog.class);

  private final BatchJournal.Appender journal;
  private Optional<String> problem = Optional.empty();

  /**
   * @param journal closed with this
   */
  public WriteAheadLog(BatchJournal.Appender journal) {
    this.journal = journal;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  /** Whether the entry is in the journal now, on the disk. */
  @Override
  public boolean append(JournalEntry entry) {
    try {
      journal.append(entry);
      problem.ifPresent(was -> LOG.info("the journal can be written again, training goes on"));
      problem = Optional.empty();
    } catch (IOException e) {
      if (problem.isEmpty()) {
        LOG.errorf("training waits until the journal can be written: %s", e.getMessage());
      }
      problem = Optional.of(String.valueOf(e.getMessage()));
    }
    return problem.isEmpty();
  }

  @Override
  public void close() {
    try {
      journal.close();
    } catch (IOException e) {
      LOG.warnf("the journal is not closed: %s", e.getMessage());
    }
  }
}
