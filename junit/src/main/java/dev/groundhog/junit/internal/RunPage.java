package dev.groundhog.junit.internal;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.junit.internal.IgnoreUse.Ignore;
import dev.groundhog.leak.Words;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// The report of a run as a page: one file that needs no other and no script.
final class RunPage {
  /// The others are in the JSON.
  private static final int MAX_LEAKS = 200;

  private static final int MAX_GROUPS = 20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>
      :root { color-scheme: light dark; --line: light-dark(#d8d8d2, #3d3d3a); --faint: light-dark(#65655f, #a5a59c); --code: light-dark(#f5f5f1, #222220); --leak: light-dark(#b3261e, #ff8a80); --good: light-dark(#1e7b34, #81c995); }
      body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5em 1em 4em; max-width: 60em; background: light-dark(#fff, #171716); color: light-dark(#1c1c1a, #e8e8e3); }
      h1 { font-size: 1.6em; line-height: 1.2; margin: 0; border-left: 6px solid var(--leak); padding-left: .5em; }
      h1.clean { border-color: var(--good); }
      h2 { font-size: 1.15em; margin: 0; overflow-wrap: anywhere; }
      h3 { font-size: 1em; font-weight: 600; margin: 1em 0 .3em; overflow-wrap: anywhere; }
      p { margin: .3em 0; overflow-wrap: anywhere; }
      .facts, .note, dt { color: var(--faint); }
      section { border-top: 1px solid var(--line); margin-top: 1.6em; padding-top: 1.2em; }
      pre, code { font: .85em/1.5 ui-monospace, Menlo, Consolas, monospace; background: var(--code); border-radius: 4px; }
      pre { overflow-x: auto; padding: .6em .8em; margin: .3em 0; }
      pre b { color: var(--leak); }
      code { padding: .15em .35em; overflow-wrap: anywhere; user-select: all; }
      a { color: inherit; }
      table { border-collapse: collapse; margin-top: 1.2em; width: 100%; }
      td { border-top: 1px solid var(--line); padding: .35em .6em .35em 0; vertical-align: top; overflow-wrap: anywhere; }
      td.count { color: var(--faint); width: 40%; }
      dl { margin: .6em 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .3em .8em; }
      dd { margin: 0; overflow-wrap: anywhere; }
      li { margin: .3em 0; overflow-wrap: anywhere; }
      @media (max-width: 34em) { dl { display: block; } dt { margin-top: .4em; } }
      </style>
      """;

  private final StringBuilder page = new StringBuilder();

  private RunPage() {}

  static String html(RunReport report) {
    RunPage page = new RunPage();
    page.write(report);
    return page.page.toString();
  }

  private void write(RunReport report) {
    String title = title(report);
    page.append(HEAD).append("<title>").append(safe(title));
    page.append("</title>\n</head>\n<body>\n");
    page.append(report.leaks().isEmpty() ? "<h1 class=\"clean\">" : "<h1>").append(safe(title));
    page.append("</h1>\n<p class=\"facts\">").append(safe(facts(report))).append("</p>\n");
    List<LeakTestReport> shown =
        report.leaks().subList(0, Math.min(MAX_LEAKS, report.leaks().size()));
    if (shown.size() > 1) {
      contents(shown);
    }
    for (int i = 0; i < shown.size(); i++) {
      leak(shown.get(i), i);
    }
    int more = report.leaks().size() - shown.size();
    if (more > 0) {
      paragraph("note", more + " more leaks stand in the JSON beside this page");
    }
    if (report.dropped() > 0) {
      paragraph("note", report.dropped() + " more leaks were found, and are not remembered");
    }
    ignores("Ignores that matched no thread in this run", report.unused().sure());
    ignores(
        "Ignores that matched no thread in these tests, though others may need them",
        report.unused().unsure());
    page.append("</body>\n</html>\n");
  }

  private static String title(RunReport report) {
    long leaks = report.leaks().size() + report.dropped();
    String found = leaks == 0 ? "No leak" : leaks == 1 ? "1 leak" : leaks + " leaks";
    return found + " in " + report.tests() + (report.tests() == 1 ? " test" : " tests");
  }

  private static String facts(RunReport report) {
    return TIME.format(report.begun())
        + ", took "
        + seconds(Duration.between(report.begun(), report.ended()))
        + ", Java "
        + Runtime.version()
        + ", PID "
        + ProcessHandle.current().pid();
  }

  private static String seconds(Duration time) {
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }

  private void contents(List<LeakTestReport> leaks) {
    page.append("<table>\n");
    for (int i = 0; i < leaks.size(); i++) {
      page.append("<tr><td><a href=\"#leak-").append(i).append("\">");
      page.append(safe(leaks.get(i).test())).append("</a></td><td class=\"count\">");
      page.append(safe(ReportText.counted(leaks.get(i).dump()))).append("</td></tr>\n");
    }
    page.append("</table>\n");
  }

  private void leak(LeakTestReport leak, int index) {
    page.append("<section id=\"leak-").append(index).append("\">\n<h2>");
    page.append(safe(leak.test())).append("</h2>\n");
    leak.notes().forEach(note -> paragraph("note", note));
    leak.groups().stream().limit(MAX_GROUPS).forEach(group -> group(group, leak));
    if (leak.groups().size() > MAX_GROUPS) {
      paragraph("note", "and " + (leak.groups().size() - MAX_GROUPS) + " more stacks");
    }
    page.append("</section>\n");
  }

  private void group(LeakedGroup group, LeakTestReport leak) {
    ThreadKind kind = group.sample().kind();
    page.append("<h3>").append(safe(ReportText.head(group, leak.dump()))).append("</h3>\n");
    ReportText.leftBy(group, leak).ifPresent(by -> paragraph("note", "left by " + by));
    stack(group.sample().stack(), kind);
    if (!group.sample().createdBy().frames().isEmpty()) {
      paragraph("note", "created by");
      stack(ReportText.withoutRunner(group.sample().createdBy()), kind);
    }
    page.append("<dl><dt>to fix</dt><dd>").append(safe(group.cure()));
    page.append("</dd>\n<dt>to ignore</dt><dd><code>").append(safe(group.toIgnore()));
    page.append("</code></dd>\n<dt>signature</dt><dd><code>").append(safe(group.signature()));
    page.append("</code></dd></dl>\n");
  }

  private void stack(CallStack stack, ThreadKind kind) {
    if (stack.frames().isEmpty()) {
      return;
    }
    page.append("<pre>");
    for (ReportText.StackLine line : ReportText.lines(stack, kind)) {
      page.append(line.isCulprit() ? "<b>→ " : "  ").append(safe(line.text()));
      page.append(line.isCulprit() ? "</b>\n" : "\n");
    }
    page.append("</pre>\n");
  }

  private void ignores(String title, List<Ignore> ignores) {
    if (ignores.isEmpty()) {
      return;
    }
    page.append("<section>\n<h2>").append(safe(title)).append("</h2>\n<ul>\n");
    for (Ignore each : ignores) {
      page.append("<li><code>")
          .append(safe(each.text()))
          .append("</code><br><span class=\"note\">");
      page.append(safe(each.place())).append("</span></li>\n");
    }
    page.append("</ul>\n</section>\n");
  }

  private void paragraph(String style, String text) {
    page.append("<p class=\"").append(style).append("\">").append(safe(text)).append("</p>\n");
  }

  /// Text from the tests says nothing to a browser.
  private static String safe(String text) {
    return Words.line(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
