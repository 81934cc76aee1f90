package dev.groundhog.cli.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.Trends;
import dev.groundhog.leak.Words;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// How the looks of `leaks --watch` look to a person: one block for each, which on a terminal takes
/// the place of the one before.
final class WatchText {
  private static final int MAX_ROWS = 30;
  private static final int LINES_OF_ROW = 3;
  private static final int USUAL_HEIGHT = 24;

  /// For the two lines on top, and those that may stand below.
  private static final int OTHER_LINES = 5;

  private static final String INDENT = "    ";

  /// The terminal cuts what is too long, so that each line is one row.
  private static final String NO_WRAP = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  private final PrintWriter out;
  private final Theme theme;
  private final Sparkline sparkline;
  private final Supplier<OptionalInt> height;
  private final boolean redraws;
  private int drawn;

  /// One that writes as the terminal or the pipe wants it.
  static WatchText of(PrintWriter out, Map<String, String> environment, boolean terminal) {
    return new WatchText(
        out,
        Theme.ofTerminal(),
        Sparkline.of(environment, terminal),
        terminal && !Theme.isDumb(environment),
        () -> TerminalSize.of(environment, terminal).rows());
  }

  /// @param redraws whether a block takes the place of the one before
  /// @param height how many rows the terminal has now
  WatchText(
      PrintWriter out,
      Theme theme,
      Sparkline sparkline,
      boolean redraws,
      Supplier<OptionalInt> height) {
    this.out = out;
    this.theme = theme;
    this.sparkline = sparkline;
    this.redraws = redraws;
    this.height = height;
  }

  /// Shows the latest look.
  ///
  /// @param report of that look
  /// @param all also groups that are expected, or that nothing is to be said of
  void look(Trends trends, LeakReport report, boolean all) {
    List<String> lines = lines(trends, report, all);
    StringBuilder block = new StringBuilder();
    if (redraws) {
      block.append(drawn == 0 ? "" : "\u001b[" + drawn + "A\u001b[J").append(NO_WRAP);
    } else if (trends.looks() > 1) {
      block.append('\n');
    }
    lines.forEach(line -> block.append(line).append('\n'));
    block.append(redraws ? WRAP : "");
    drawn = lines.size();
    out.print(block);
    out.flush();
  }

  private List<String> lines(Trends trends, LeakReport report, boolean all) {
    List<String> lines = new ArrayList<>();
    lines.add(LeakText.headline(report, theme));
    lines.add(theme.faint(moment(trends, report)));
    warnings(report, lines);
    List<Trends.Row> rows = trends.rows().stream().filter(row -> all || row.isNews()).toList();
    int shown = Math.min(rows.size(), room());
    rows.subList(0, shown).forEach(row -> row(row, lines));
    if (shown < rows.size()) {
      lines.add("and " + Text.count(rows.size() - shown, "more group", "more groups"));
    }
    if (trends.leftOut() > 0) {
      lines.add(
          Text.count(trends.leftOut(), "group", "groups") + " of this look were too many to keep");
    }
    return lines;
  }

  private int room() {
    return redraws
        ? Math.max(1, (height.get().orElse(USUAL_HEIGHT) - OTHER_LINES) / LINES_OF_ROW)
        : MAX_ROWS;
  }

  private static String moment(Trends trends, LeakReport report) {
    return "look "
        + trends.looks()
        + report.takenAt().map(time -> " at " + time.truncatedTo(ChronoUnit.SECONDS)).orElse("")
        + report.watched().map(time -> ", watched for " + Text.duration(time)).orElse("");
  }

  /// The first of them: here each look has them again.
  private static void warnings(LeakReport report, List<String> lines) {
    List<String> all =
        Stream.concat(
                report.dump().warnings().stream().map(Object::toString), report.warnings().stream())
            .toList();
    if (!all.isEmpty()) {
      String more = all.size() == 1 ? "" : " (and " + (all.size() - 1) + " more)";
      lines.add("warning: " + Text.line(all.getFirst()) + more);
    }
  }

  /// Its numbers, what it does and where, and who started it.
  private void row(Trends.Row row, List<String> lines) {
    DumpThread sample = row.finding().group().sample();
    String verdict = row.finding().verdict().map(Enum::name).orElse(Text.ABSENT);
    String padded = String.format(Locale.ROOT, "%-9s", verdict);
    lines.add(
        (row.finding().accused() ? theme.alarm(padded) : padded)
            + String.format(
                Locale.ROOT,
                " %7s %-16s %11s  ",
                Text.number(row.count()),
                Words.noun(sample.kind(), row.count()),
                Text.perMinute(row.growthPerMinute()))
            + sparkline.draw(row.counts()));
    lines.add(
        INDENT
            + Report.doing(sample)
            + Origin.top(sample.stack(), sample.kind())
                .map(frame -> " at " + place(frame))
                .orElse(""));
    lines.add(
        INDENT
            + "created by "
            + Origin.creator(row.createdBy(), sample.kind())
                .map(frame ->
                    place(frame) + theme.faint(Members.share("  ", row.recorded(), row.count())))
                .orElse(Text.ABSENT));
  }

  private String place(Frame frame) {
    return Text.line(frame.shortName()) + "  " + theme.faint(Text.line(frame.location()));
  }
}
