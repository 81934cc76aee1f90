package dev.groundhog.endpoint.internal;

import java.util.OptionalLong;

/// The page of `/debug/pprof/`: what there is, with counts and links.
public final class IndexPage {
  private IndexPage() {}

  /// @param threads how many threads there are
  /// @param births how many that were started since that is recorded; empty while it is not
  /// @param missing which cannot be seen, a sentence or empty
  public static String html(long threads, OptionalLong births, String missing) {
    return """
    <html lang="en">
    <head>
    <title>/debug/pprof/</title>
    <meta name="viewport" content="width=device-width">
    <style>
    body { font-family: sans-serif; line-height: 1.4; margin: 2em; max-width: 48em; }
    td, th { text-align: left; padding: 0.1em 1em 0.1em 0; vertical-align: top; }
    td:first-child { text-align: right; font-variant-numeric: tabular-nums; }
    table.facts td:first-child { text-align: left; white-space: nowrap; }
    .missing { border-left: 4px solid #b00; padding-left: 0.8em; }
    </style>
    </head>
    <body>
    <h1>/debug/pprof/</h1>
    <p>Set debug=1 as a query parameter to export in legacy text format</p>
    %s<table>
    <thead><tr><th>Count</th><th>Profile</th></tr></thead>
    <tr><td>%d</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>
    <tr><td></td><td><a href='goroutineleak?debug=1'>goroutineleak</a></td></tr>
    <tr><td>%s</td><td><a href='threadcreate?debug=1'>threadcreate</a></td></tr>
    <tr><td></td><td><a href='cmdline'>cmdline</a></td></tr>
    </table>
    <p><a href="goroutine?debug=2">full thread stack dump</a></p>
    <ul>
    <li><b>goroutine</b>: stacks of all threads, virtual and platform. debug=2 lists each of them, as an     unrecovered panic of Go does; seconds=N profiles what changes within N seconds</li>
    <li><b>goroutineleak</b>: those of them that can never go on, as a garbage collection proves that is made     for it: it stops the program meanwhile, and clears weak references to what only these threads reach.     debug=2 lists all threads, these marked</li>
    <li><b>threadcreate</b>: threads that are alive by where they were started</li>
    <li><b>cmdline</b>: the command line of this program</li>
    </ul>
    <h2>/debug/groundhog/</h2>
    <table class="facts">
    <tr><td><a href="/debug/groundhog/leaks">leaks</a></td><td>verdicts on all groups of threads, and how     they grew, as JSON; older=SECONDS and at-least=N set the limits, prove=1 proves as goroutineleak does</td></tr>
    <tr><td><a href="/debug/groundhog/dump">dump</a></td><td>all that is known of each thread, as JSON</td></tr>
    <tr><td><a href="/debug/groundhog/functions?name=Thread.run">functions</a></td><td>whether this program     has a function, by name=Class.method</td></tr>
    <tr><td><a href="/debug/groundhog/births">births</a></td><td>how many threads each place started,     how many of them are alive, and how many were at once, as JSON</td></tr>
    <tr><td><a href="/debug/groundhog/metrics">metrics</a></td><td>threads by kind and state, groups by     verdict, as OpenMetrics</td></tr>
    </table>
    </body>
    </html>
    """
        .formatted(
            missing.isEmpty() ? "" : "<p class=\"missing\">" + escaped(missing) + "</p>\n",
            threads,
            births.isPresent() ? Long.toString(births.getAsLong()) : "");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
