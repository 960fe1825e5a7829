package io.millrace.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What commands have left behind. Immutable.
 *
 * @param paused whether training waits for a resume
 * @param obeyed ids of the last commands, the newest last
 * @param next next offset of every partition of the control topic
 */
record ControlState(boolean paused, List<String> obeyed, Map<String, Long> next) {

  static final ControlState START = new ControlState(false, List.of(), Map.of());

  /** A sender that repeats itself does so soon. */
  private static final int REMEMBERED = 100;

  ControlState {
    obeyed = List.copyOf(obeyed);
    next = Map.copyOf(next);
  }

  boolean knows(String id) {
    return obeyed.contains(id);
  }

  /** After a command was obeyed, refused or ignored. */
  ControlState after(Commands.Received received) {
    Map<String, Long> moved = new TreeMap<>(next);
    moved.put(received.partition(), received.next());
    List<String> ids = new ArrayList<>(obeyed);
    if (!knows(received.command().id())) {
      ids.add(received.command().id());
    }
    return new ControlState(
        paused, ids.subList(Math.max(0, ids.size() - REMEMBERED), ids.size()), moved);
  }

  /** Where commands of a partition begin that none of has come yet. */
  ControlState beginning(InputPositions at) {
    Map<String, Long> all = new TreeMap<>(at.next());
    all.putAll(next);
    return new ControlState(paused, obeyed, all);
  }

  ControlState paused(boolean isPaused) {
    return new ControlState(isPaused, obeyed, next);
  }
}
