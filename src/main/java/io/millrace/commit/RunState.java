package io.millrace.commit;

import io.millrace.control.CommandPositions;
import io.millrace.control.ControlState;
import io.millrace.example.DeadLetter;
import io.millrace.gate.InterimLooks;
import java.util.List;

/**
 * The standing that the next checkpoint will have, as commands, gate and journal change it during a
 * run. Training thread only.
 */
public final class RunState {

  private OwnerState standing;
  private boolean commanded;

  /**
   * @param standing what the run begins with
   */
  public RunState(OwnerState standing) {
    this.standing = standing;
  }

  public OwnerState standing() {
    return standing;
  }

  public ControlState control() {
    return standing.control();
  }

  /** Whether it has a command's outcome that no checkpoint has: asks for one soon. */
  boolean isCommanded() {
    return commanded;
  }

  /** Changes it by a command. */
  public void control(ControlState control) {
    standing = standing.with(control);
    commanded = true;
  }

  /** Notes where commands are read from; goes with the next checkpoint, whenever that is. */
  public void commandsBegin(CommandPositions at) {
    standing = standing.with(standing.control().beginning(at));
  }

  /** The journal has the work that the learning rate's schedule begins again with. */
  public void rewarmed() {
    standing = standing.with(standing.control().rewarming(false));
  }

  /** The journal has what the last term let go of. */
  public void letGo() {
    standing = standing.withNothingLetGo();
  }

  /** Notes how often the gate has looked; goes with the next checkpoint, whenever that is. */
  public void looked(InterimLooks looks) {
    standing = standing.with(looks);
  }

  /** A checkpoint has it by now, and is being written. */
  public void taken() {
    commanded = false;
  }

  /** The checkpoint is committed, and its letters are sent. */
  public void committed(List<DeadLetter> letters) {
    standing = standing.withSent(letters);
  }

  /** The checkpoint failed: whether or not it carried a command, the next one must. */
  void failed() {
    commanded = true;
  }
}
