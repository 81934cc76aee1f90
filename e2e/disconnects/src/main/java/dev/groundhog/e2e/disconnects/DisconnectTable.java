package dev.groundhog.e2e.disconnects;

import dev.groundhog.e2e.disconnects.BlockingServer.Kind;
import dev.groundhog.e2e.disconnects.BlockingServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// Leaves every kind of server in every way, and prints what each noticed as the table of
/// `docs/disconnects.md`. Ends with 1 if a server notices what it should not, or not what it
/// should.
///
/// `DisconnectTable KEYSTORE FOLDER`
public final class DisconnectTable {
  private static final int ROUNDS = 20;
  private static final long NOTICED_WITHIN_MILLIS = 2_000;

  /// For so long it must not be noticed; what is noticed at all is noticed in some milliseconds.
  private static final long UNNOTICED_MILLIS = 500;

  /// What must be noticed is noticed in less, in the median.
  private static final double LIMIT_MILLIS = 50;

  /// How a client leaves.
  private enum Leaving {
    FIN("FIN"),
    RST("RST"),
    HALF_CLOSE("half-close"),
    PIPELINED("second request, then FIN"),
    TLS_CLOSE("TLS close"),
    H2_RESET("h2 reset"),
    H2_LOSS("h2 connection lost"),
    UPGRADED_FIN("upgraded, FIN"),
    UPGRADED_HALF_CLOSE("upgraded, half-close"),
    UPGRADED_RST("upgraded, RST");

    final String title;

    Leaving(String title) {
      this.title = title;
    }

    boolean isUpgraded() {
      return this == UPGRADED_FIN || this == UPGRADED_HALF_CLOSE || this == UPGRADED_RST;
    }

    /// Whether the client can still read.
    boolean reads() {
      return this == HALF_CLOSE || this == UPGRADED_HALF_CLOSE;
    }
  }

  private record Row(String title, Kind kind, Mode mode) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("JDK `HttpServer`", Kind.JDK, Mode.CANCEL),
          new Row("JDK `HttpsServer`", Kind.JDK_TLS, Mode.CANCEL),
          new Row("Jetty core", Kind.JETTY, Mode.CANCEL),
          new Row("Jetty core, TLS", Kind.JETTY_TLS, Mode.CANCEL),
          new Row("Jetty core, unix socket", Kind.JETTY_UNIX, Mode.CANCEL),
          new Row("Jetty servlet", Kind.JETTY_SERVLET, Mode.CANCEL),
          new Row("Jetty core, HTTP/2", Kind.JETTY_H2, Mode.CANCEL),
          new Row("Jetty servlet, HTTP/2", Kind.JETTY_SERVLET_H2, Mode.CANCEL),
          new Row("JDK `HttpServer`, `withHalfClose()`", Kind.JDK, Mode.CANCEL_HALF_CLOSE),
          new Row("Jetty core, `withHalfClose()`", Kind.JETTY, Mode.CANCEL_HALF_CLOSE),
          new Row("JDK `HttpServer` alone", Kind.JDK, Mode.BARE),
          new Row("Jetty core alone", Kind.JETTY, Mode.BARE),
          new Row("Jetty core alone, unix socket", Kind.JETTY_UNIX, Mode.BARE),
          new Row("Jetty servlet alone", Kind.JETTY_SERVLET, Mode.BARE),
          new Row("Jetty core alone, HTTP/2", Kind.JETTY_H2, Mode.BARE));

  private final Path keyStore;
  private final Path folder;
  private final List<String> wrong = new ArrayList<>();
  private int ids;

  private DisconnectTable(Path keyStore, Path folder) {
    this.keyStore = keyStore;
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    DisconnectTable table = new DisconnectTable(Path.of(args[0]), Path.of(args[1]));
    System.out.println(
        Arrays.stream(Leaving.values())
            .map(leaving -> leaving.title)
            .collect(Collectors.joining(" | ", "| | ", " |")));
    System.out.println("|---".repeat(Leaving.values().length + 1) + "|");
    for (Row row : ROWS) {
      System.out.println(table.row(row));
    }
    table.wrong.forEach(System.err::println);
    System.exit(table.wrong.isEmpty() ? 0 : 1);
  }

  private String row(Row row) throws Exception {
    Path socket = folder.resolve(row.kind + "-" + row.mode + ".sock");
    Files.deleteIfExists(socket);
    Path file = row.kind == Kind.JETTY_UNIX ? socket : keyStore;
    try (ServerProcess server =
        ServerProcess.start(
            BlockingServer.class, List.of(), row.kind.name(), row.mode.name(), file.toString())) {
      int port = server.port();
      Map<Leaving, String> cells = new EnumMap<>(Leaving.class);
      for (Leaving leaving : Leaving.values()) {
        cells.put(leaving, cell(row, leaving, server, port, socket));
      }
      return "| " + row.title + " | " + String.join(" | ", cells.values()) + " |";
    }
  }

  private String cell(Row row, Leaving leaving, ServerProcess server, int port, Path socket)
      throws Exception {
    String without = without(row.kind, leaving);
    if (!without.isEmpty()) {
      return without;
    }
    boolean expected = isToBeNoticed(row, leaving);
    int rounds = expected && (leaving == Leaving.FIN || leaving == Leaving.RST) ? ROUNDS : 1;
    List<Outcome> outcomes = new ArrayList<>();
    long within = expected ? NOTICED_WITHIN_MILLIS : UNNOTICED_MILLIS;
    if (expected) {
      leave(row, leaving, server, port, socket, within); // the first of its kind loads classes
    }
    for (int round = 0; round < rounds; round++) {
      outcomes.add(leave(row, leaving, server, port, socket, within));
    }
    String place = row.title + ", " + leaving.title + ": ";
    if (outcomes.stream().anyMatch(outcome -> outcome.noticed != expected)) {
      wrong.add(place + (expected ? "was not noticed" : "was noticed, and must not be"));
    }
    if (expected && outcomes.stream().anyMatch(outcome -> !outcome.ended)) {
      wrong.add(place + "the thread has not ended");
    }
    double median =
        outcomes.stream()
            .mapToDouble(Outcome::millis)
            .sorted()
            .skip(rounds / 2)
            .findFirst()
            .orElse(0);
    if (expected && rounds > 1 && median >= LIMIT_MILLIS) {
      wrong.add(place + "noticed in " + median + " ms");
    }
    if (leaving.reads() && !isH2(row.kind) && !outcomes.getLast().delivered) {
      wrong.add(place + "the answer was not delivered to a client that still reads");
    }
    return outcomes.getLast().text(median, leaving);
  }

  /// What there is none of.
  private static String without(Kind kind, Leaving leaving) {
    boolean isUnix = kind == Kind.JETTY_UNIX;
    return switch (leaving) {
      case FIN, HALF_CLOSE, PIPELINED -> "";
      case RST -> isUnix ? "no RST" : "";
      case TLS_CLOSE -> kind == Kind.JDK_TLS || kind == Kind.JETTY_TLS ? "" : "no TLS";
      case H2_RESET, H2_LOSS -> isH2(kind) ? "" : "no HTTP/2";
      case UPGRADED_FIN, UPGRADED_HALF_CLOSE -> upgrades(kind) ? "" : "no upgrade";
      case UPGRADED_RST -> isUnix ? "no RST" : upgrades(kind) ? "" : "no upgrade";
    };
  }

  private static boolean upgrades(Kind kind) {
    return switch (kind) {
      case JETTY, JETTY_TLS, JETTY_UNIX, JETTY_SERVLET -> true;
      case JDK, JDK_TLS, JETTY_H2, JETTY_SERVLET_H2 -> false;
    };
  }

  private static boolean isH2(Kind kind) {
    return kind == Kind.JETTY_H2 || kind == Kind.JETTY_SERVLET_H2;
  }

  private static boolean isToBeNoticed(Row row, Leaving leaving) {
    boolean isUnix = row.kind == Kind.JETTY_UNIX;
    return switch (row.mode) {
      case BARE -> false;
      case LABEL -> throw new IllegalArgumentException();
      case CANCEL, CANCEL_HALF_CLOSE ->
          switch (leaving) {
            case RST, UPGRADED_RST, TLS_CLOSE, H2_RESET, H2_LOSS -> true;
            case FIN, PIPELINED -> isUnix || row.mode == Mode.CANCEL;
            case HALF_CLOSE -> !isUnix && row.mode == Mode.CANCEL;
            case UPGRADED_FIN -> isUnix;
            case UPGRADED_HALF_CLOSE -> false;
          };
    };
  }

  /// What became of one request.
  private record Outcome(boolean noticed, double millis, boolean delivered, boolean ended) {
    String text(double median, Leaving leaving) {
      return (noticed ? String.format(Locale.ROOT, "%.1f ms", median) : "not noticed")
          + (leaving.reads() ? delivered ? ", answered" : ", not answered" : "")
          + (ended ? ", ended" : ", **runs on**");
    }
  }

  private Outcome leave(
      Row row, Leaving leaving, ServerProcess server, int port, Path socket, long withinMillis)
      throws Exception {
    String id = "id" + ids++;
    Client client = connect(row.kind, port, socket);
    client.ask((leaving.isUpgraded() ? "/upgrade?" : "/block?") + id, headers(leaving));
    if (server.said("waiting", id, 10_000).isEmpty()) {
      throw new IllegalStateException(row.title + ", " + leaving.title + ": no handler began");
    }
    if (leaving.isUpgraded()) {
      client.read(text -> text.contains("\r\n\r\n"));
    }
    Thread.sleep(20);
    long left = System.nanoTime();
    act(client, leaving);
    OptionalLong noticed = server.said("noticed", id, withinMillis);
    boolean ended = noticed.isPresent() && server.said("ended", id, 1_000).isPresent();
    if (noticed.isEmpty()) {
      release(row.kind, id, port, socket);
    }
    boolean delivered = false;
    if (leaving.reads()) {
      String wanted = noticed.isPresent() ? "cancelled" : "released";
      delivered = client.read(text -> text.contains(wanted)).contains(wanted);
    }
    client.close();
    return new Outcome(noticed.isPresent(), (noticed.orElse(left) - left) / 1e6, delivered, ended);
  }

  private static String[] headers(Leaving leaving) {
    return leaving.isUpgraded()
        ? new String[] {"Connection: Upgrade", "Upgrade: tcp"}
        : new String[0];
  }

  private static void act(Client client, Leaving leaving) throws Exception {
    switch (leaving) {
      case FIN, UPGRADED_FIN -> {
        if (leaving == Leaving.FIN && client instanceof Client.Tls tls) {
          tls.closePlain();
        } else {
          client.close();
        }
      }
      case PIPELINED -> {
        client.ask("/release?nobody");
        client.close();
      }
      case TLS_CLOSE, H2_LOSS -> client.close();
      case RST, UPGRADED_RST -> client.reset();
      case HALF_CLOSE, UPGRADED_HALF_CLOSE -> client.halfClose();
      case H2_RESET -> ((Http2Client) client).resetStream();
    }
  }

  private static Client connect(Kind kind, int port, Path socket) throws Exception {
    return switch (kind) {
      case JDK, JETTY, JETTY_SERVLET -> Client.tcp(port);
      case JDK_TLS, JETTY_TLS -> Client.tls(port);
      case JETTY_UNIX -> Client.unix(socket);
      case JETTY_H2, JETTY_SERVLET_H2 -> new Http2Client(port);
    };
  }

  private static void release(Kind kind, String id, int port, Path socket) throws Exception {
    try (Client other = connect(kind, port, socket)) {
      other.ask("/release?" + id);
      String answer = other.read(text -> text.contains(" released"));
      if (!answer.contains("one released")) {
        throw new IllegalStateException("not released: " + answer);
      }
    }
  }
}
