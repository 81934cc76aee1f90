package dev.groundhog.endpoint.internal;

/// The page of `/debug/pprof/`: what there is, with counts and links.
public final class IndexPage {
  private IndexPage() {}

  /// @param threads how many threads there are
  /// @param missing which cannot be seen, a sentence or empty
  public static String html(long threads, String missing) {
    return """
    <html>
    <head>
    <title>/debug/pprof/</title>
    <style>
    body { font-family: sans-serif; margin: 2em; }
    td, th { text-align: left; padding: 0.1em 1em 0.1em 0; }
    td:first-child { text-align: right; }
    </style>
    </head>
    <body>
    <h1>/debug/pprof/</h1>
    <p>Set debug=1 as a query parameter to export in legacy text format</p>
    %s<table>
    <thead><tr><th>Count</th><th>Profile</th></tr></thead>
    <tr><td>%d</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>
    <tr><td></td><td><a href='cmdline'>cmdline</a></td></tr>
    </table>
    <p><a href="goroutine?debug=2">full thread stack dump</a></p>
    <ul>
    <li><b>goroutine</b>: stacks of all threads, virtual and platform. debug=2 lists each of them, as an \
    unrecovered panic of Go does</li>
    <li><b>cmdline</b>: the command line of this program</li>
    </ul>
    </body>
    </html>
    """
        .formatted(missing.isEmpty() ? "" : "<p><b>" + escaped(missing) + "</b></p>\n", threads);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
