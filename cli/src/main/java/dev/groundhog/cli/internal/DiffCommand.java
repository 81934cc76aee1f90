package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.Change;
import dev.groundhog.leak.Diff;
import dev.groundhog.leak.ReportWriter;
import dev.groundhog.target.Target;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "What appeared, what went and what grew from BEFORE to AFTER.",
      "Groups are compared by the functions on their stacks, not by lines, so that two builds can be"
          + " compared too. It only tells: the exit code is 0."
    })
final class DiffCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description = "a TARGET; of a file with several dumps the first")
  private String before = "";

  @Parameters(
      index = "1",
      paramLabel = "AFTER",
      description = "a TARGET, which may be the same file; its last dump")
  private String after = "";

  @Mixin FormatOption format = new FormatOption();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  DiffCommand() {}

  @Override
  public Integer call() throws Exception {
    TargetArgument.requireOneStandardInput(spec, before, after);
    Target earlier = Target.of(before);
    Target later = Target.of(after);
    Dump first = earlier.dumps().getFirst();
    Dump last = later.dumps().getLast();
    List<Change> changes = Diff.of(first, last);
    if (format.isJson()) {
      ReportWriter.json(earlier.name(), later.name(), changes, spec.commandLine().getOut());
    } else {
      show(earlier, first, later, last, changes);
    }
    return CommandLines.OK;
  }

  private void show(Target earlier, Dump first, Target later, Dump last, List<Change> changes) {
    PrintWriter out = spec.commandLine().getOut();
    Theme theme = Theme.ofTerminal();
    Report report = new Report(out, theme);
    List<Change> shown = changes.stream().filter(c -> c.kind() != Change.Kind.SAME).toList();
    out.println(
        theme.strong(
                Text.count(first.threadCount(), "thread", "threads")
                    + " → "
                    + Text.count(last.threadCount(), "thread", "threads"))
            + ", from "
            + Text.line(earlier.name())
            + " to "
            + Text.line(later.name()));
    report.warnings(first);
    report.warnings(last);
    for (Change change : shown) {
      out.println();
      out.println(headline(change, theme));
      report.group(change.group(), new Members(change.after() == 0 ? first : last));
    }
    out.println();
    out.println(
        theme.faint(
            Text.count(changes.size() - shown.size(), "stack", "stacks")
                + " with as many threads as before"));
  }

  private static String headline(Change change, Theme theme) {
    String what = change.kind().name();
    String told =
        change.kind() == Change.Kind.APPEARED || change.kind() == Change.Kind.GREW
            ? theme.alarm(what)
            : theme.good(what);
    return told
        + "  "
        + change.before()
        + " → "
        + change.after()
        + (change.newcomers().isPresent() && change.after() > 0
            ? ", " + change.newcomers().getAsLong() + " of them new"
            : "");
  }
}
