package dev.groundhog.e2e.disconnects;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Very many clients that wait for an answer and leave one right after the other.
///
/// @param clients how many
/// @param closingMillis how long they took to leave
/// @param medianMillis from a client's leaving until its request's context is cancelled
/// @param slowestMillis the same, of the slowest
/// @param threadMillis from a client's leaving until its handler's thread runs again, of the
///   slowest: it waits for the others, and what they do to end
record MassClose(
    int clients,
    double closingMillis,
    double medianMillis,
    double slowestMillis,
    double threadMillis) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static MassClose of(int port, int clients) throws Exception {
    try (ServerProcess crowd =
        ServerProcess.start(
            Crowd.class, List.of(), Integer.toString(port), Integer.toString(clients))) {
      crowd.port();
      told(port, clients, 0);
      crowd.endInput();
      List<long[]> told = told(port, clients, 1);
      double[] cancelled = new double[clients];
      double thread = 0;
      long first = Long.MAX_VALUE;
      long last = 0;
      for (long[] one : told) {
        int id = Math.toIntExact(one[0]);
        long left = crowd.said("left", Integer.toString(id), PATIENCE.toMillis()).orElseThrow();
        cancelled[id] = (one[1] - left) / 1e6;
        thread = Math.max(thread, (one[2] - left) / 1e6);
        first = Math.min(first, left);
        last = Math.max(last, left);
      }
      java.util.Arrays.sort(cancelled);
      return new MassClose(
          clients, (last - first) / 1e6, cancelled[clients / 2], cancelled[clients - 1], thread);
    }
  }

  /// What the server says of each, once they are so many and all have been told.
  ///
  /// @param least the least of the times that each must have
  private static List<long[]> told(int port, int clients, long least) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<long[]> all = new ArrayList<>();
      try (InputStream answer =
          URI.create("http://127.0.0.1:" + port + "/told").toURL().openStream()) {
        for (String line :
            new String(answer.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
          String[] fields = line.split(" ", -1);
          all.add(
              new long[] {
                Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2])
              });
        }
      }
      if (all.size() == clients
          && all.stream().allMatch(one -> one[1] >= least && one[2] >= least)) {
        return all;
      }
      if (System.nanoTime() > end) {
        throw new IOException(all.size() + " of " + clients + " clients wait or were told");
      }
      Thread.sleep(Duration.ofMillis(300));
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d waiting clients leave within %.0f ms: contexts cancelled after %.1f ms (median), at most"
            + " %.1f ms; threads awake after at most %.0f ms",
        clients,
        closingMillis,
        medianMillis,
        slowestMillis,
        threadMillis);
  }

  /// Clients that wait for an answer until the standard input ends, and then leave.
  ///
  /// `Crowd PORT CLIENTS`
  static final class Crowd {
    private Crowd() {}

    public static void main(String[] args) throws Exception {
      int port = Integer.parseInt(args[0]);
      List<Client> clients = new ArrayList<>();
      for (int id = 0; id < Integer.parseInt(args[1]); id++) {
        Client client = Client.tcp(port);
        client.ask("/interrupted?" + id);
        clients.add(client);
      }
      System.out.println("listening 0");
      System.in.read();
      long[] left = new long[clients.size()];
      for (int id = 0; id < left.length; id++) {
        left[id] = System.nanoTime();
        clients.get(id).close();
      }
      StringBuilder lines = new StringBuilder();
      for (int id = 0; id < left.length; id++) {
        lines.append("left ").append(id).append(' ').append(left[id]).append('\n');
      }
      System.out.print(lines);
    }
  }
}
