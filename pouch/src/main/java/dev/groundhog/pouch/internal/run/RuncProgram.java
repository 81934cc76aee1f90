package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How runc is called, and what it says.
///
/// @param path of the program
/// @param states where it keeps what it knows of containers that run
record RuncProgram(String path, Path states) {
  static final JsonMapper JSON = JsonMapper.builder().build();

  /// A file of this name has what runc says of one process.
  static final String LOG = "runc.log";

  List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(path, "--root", states.toString()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /// @throws IOException unless it answers as runc does
  void require() throws IOException, InterruptedException {
    ShortCommand list = ShortCommand.run(command("list", "--quiet"));
    if (!list.isDone()) {
      throw new IOException(path + " is not called as runc is: " + message(list));
    }
  }

  /// One that says in a file why it fails.
  List<String> logging(Path log, String... arguments) {
    List<String> command = command("--log", log.toString(), "--log-format", "json");
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /// The last error that it has said in such a file; empty if there is none.
  static String lastError(Path log) throws IOException {
    String last = "";
    for (String line : SmallFile.text(log).lines().toList()) {
      try {
        JsonNode entry = JSON.readTree(line);
        if (entry.path("level").asString("").equals("error")) {
          last = entry.path("msg").asString("").strip();
        }
      } catch (JacksonException _) {
        last = line;
      }
    }
    return last;
  }

  /// To the first process of a container; none if that has ended.
  void signal(String id, int signal) throws IOException, InterruptedException {
    List<String> command = command("kill", id, Integer.toString(signal));
    ShortCommand kill = ShortCommand.run(command);
    if (!kill.isDone() && !isGone(kill.output())) {
      throw new IOException("signal " + signal + " could not be sent: " + message(kill));
    }
  }

  /// runc tells by the start of a container's first process that its pid is not another's.
  private static boolean isGone(String output) {
    return output.contains("container does not exist")
        || output.contains("container not running")
        || output.contains("process already finished")
        || output.contains("no such process");
  }

  private static String message(ShortCommand command) {
    return command.output().strip().replaceFirst(".*msg=\"(.*)\"", "$1");
  }

  /// Of a container, by their pids on this machine; none if it has ended.
  List<Long> processes(String id) throws IOException, InterruptedException {
    ShortCommand ps = ShortCommand.run(command("ps", "--format", "json", id));
    if (!ps.isDone()) {
      if (isGone(ps.output())) {
        return List.of();
      }
      throw new IOException("the processes of " + id + " are not known: " + message(ps));
    }
    try {
      List<Long> pids = new ArrayList<>();
      JSON.readTree(ps.output()).forEach(each -> pids.add(each.asLong()));
      return pids;
    } catch (JacksonException e) {
      throw new IOException("the processes of " + id + " are not known: " + ps.output(), e);
    }
  }

  /// Kills and forgets a container, also one that it does not know.
  void delete(String id) throws IOException, InterruptedException {
    if (!Files.exists(states.resolve(id))) {
      return;
    }
    ShortCommand delete = ShortCommand.run(command("delete", "-f", id));
    if (!delete.isDone() && !isGone(delete.output())) {
      throw new IOException("what is left of " + id + " is not removed: " + message(delete));
    }
    Folders.delete(states.resolve(id));
  }
}
