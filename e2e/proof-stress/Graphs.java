import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Plants random graphs and has them judged, many by each proof: `java Graphs FIRST SEEDS`, with
/// the URL of the agent on the standard input. Prints what differs from what was planted, and how
/// many graphs had what; ends with 1 if anything differed.
public final class Graphs {
  private static final int BATCH = 20;
  private static final int TRIES = 5;
  private static final int PATIENCE_MILLIS = 10_000;

  private final Proofs proofs;
  private final Disturbances disturbances = new Disturbances();
  private final Map<String, Integer> kinds = new TreeMap<>();
  private int threads;
  private int leaked;
  private int again;

  private Graphs(Proofs proofs) {
    this.proofs = proofs;
  }

  public static void main(String[] args) throws Exception {
    String url = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).trim();
    Graphs graphs = new Graphs(new Proofs(url));
    graphs.proofs.each(_ -> {}); // what it loads is not part of what is judged
    int first = Integer.parseInt(args[0]);
    int seeds = Integer.parseInt(args[1]);
    for (int from = first; from < first + seeds; from += BATCH) {
      graphs.batch(from, Math.min(from + BATCH, first + seeds));
    }
    graphs.kinds.forEach((kind, count) -> System.out.println("kind " + kind + " " + count));
    System.out.printf(
        "seeds %d, threads %d, leaked %d, planted again %d, wrong %d%n",
        seeds, graphs.threads, graphs.leaked, graphs.again, Tally.wrong());
    System.exit(Tally.wrong() == 0 ? 0 : 1);
  }

  /// A collection that is not of the proof changes the answer: it takes executors that nobody can
  /// reach, and lets finalizers run. Then that is done again, once the pools of before are gone,
  /// whose threads have the same names.
  private void batch(int from, int to) throws Exception {
    for (int tries = 1; ; tries++) {
      long disturbed = disturbances.count();
      Map<String, Graph.Verdict> expected = new HashMap<>();
      Collection<Set<String>> planted = plant(from, to, expected);
      Map<String, Graph.Verdict> found = found();
      boolean isDisturbed = disturbances.count() > disturbed;
      end();
      if (isDisturbed && tries < TRIES) {
        again++;
        System.gc();
        continue;
      }
      planted.forEach(of -> of.forEach(kind -> kinds.merge(kind, 1, Integer::sum)));
      threads += expected.size();
      leaked += (int) expected.values().stream().filter(of -> of != Graph.Verdict.NONE).count();
      compare(expected, found, isDisturbed);
      return;
    }
  }

  private static Collection<Set<String>> plant(
      int from, int to, Map<String, Graph.Verdict> expected) throws InterruptedException {
    List<Set<String>> planted = new ArrayList<>();
    for (int seed = from; seed < to; seed++) {
      planted.add(new Graph(seed, Holder.ALL, expected).plant());
    }
    return planted;
  }

  private Map<String, Graph.Verdict> found() throws IOException {
    Map<String, Graph.Verdict> found = new HashMap<>();
    proofs.each(
        thread ->
            found.put(
                thread.name(),
                thread.isStranded() ? Graph.Verdict.STRANDED : Graph.Verdict.PROVEN));
    return found;
  }

  private static void compare(
      Map<String, Graph.Verdict> expected, Map<String, Graph.Verdict> found, boolean isDisturbed) {
    String disturbed = isDisturbed ? ", beside another collection" : "";
    expected.forEach(
        (name, verdict) -> {
          Graph.Verdict said = found.getOrDefault(name, Graph.Verdict.NONE);
          Tally.check(
              said == verdict, name + " is " + verdict + ", said to be " + said + disturbed);
        });
    found.keySet().stream()
        .filter(name -> !expected.containsKey(name) && !name.startsWith("pool-")) // of before
        .forEach(name -> Tally.wrong("a holder is said to be leaked: " + name));
  }

  /// Ends every thread of the graphs, other than those of pools, which stay until they are
  /// collected.
  private static void end() throws InterruptedException {
    Holder.release();
    for (int i = 0; i < PATIENCE_MILLIS && interrupt() > 0; i++) {
      Thread.sleep(1);
    }
    Tally.check(interrupt() == 0, "threads do not end");
  }

  private static int interrupt() {
    int count = interrupt(Lists.root());
    for (Object container : Lists.registered()) {
      count += interrupt(Lists.of(container));
      if (container.getClass().getSimpleName().equals("SharedThreadContainer")) {
        count += interrupt(Lists.shared(container));
      }
    }
    return count;
  }

  private static int interrupt(Collection<Thread> threads) {
    int count = 0;
    for (Thread thread : threads) {
      if (thread.getName().startsWith("g-")) {
        thread.interrupt();
        count++;
      }
    }
    return count;
  }
}
