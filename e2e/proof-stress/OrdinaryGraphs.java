import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Plants random graphs, some in each round, and has them judged by collections that the program
/// makes anyway: `java OrdinaryGraphs FIRST SEEDS`, with the URL of an agent that has
/// `prove=continuous,min-wait=1` on the standard input; `java OrdinaryGraphs FIRST SEEDS
/// no-finalizers` without what makes collections prove nothing. In every round nobody who lives is
/// told, and nobody as proven who is stranded; in the end each leaked one was told as what it is,
/// but for graphs with finalizers. Ends with 1 if anything differed.
public final class OrdinaryGraphs {
  /// In so many rounds something is planted.
  private static final int PLANTING = 5;

  private static final int LEAST_ROUNDS = 15;
  private static final int MOST_ROUNDS = 60;

  /// Two rounds of so many whole collections end one of the agent's two cuts.
  private static final int WHOLE = 3;

  private static final int ROUND_MILLIS = 1_200;
  private static final int CHUNK_BYTES = 65_536;
  private static final long CHURNED_BYTES = 600_000_000;

  /// What the compiler may not leave out.
  private static volatile byte[] garbage = {};

  private final Proofs proofs;
  private final Map<String, Graph.Verdict> expected = new HashMap<>();

  /// Who is to be told. An executor that only an object with a finalizer holds is not in the JDK's
  /// list after a collection, nor are its threads: graphs with such are left out.
  private final Set<String> leaked = new HashSet<>();

  /// As what each was told last.
  private final Map<String, Graph.Verdict> last = new HashMap<>();

  /// Whom the last answer has, leaked or not.
  private final Set<String> present = new HashSet<>();

  /// In which round each was told first.
  private final Map<String, Integer> first = new HashMap<>();

  private OrdinaryGraphs(Proofs proofs) {
    this.proofs = proofs;
  }

  public static void main(String[] args) throws Exception {
    String url = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).trim();
    List<Holder> holders =
        Holder.ALL.stream()
            .filter(holder -> args.length == 2 || holder != Holder.FINALIZER)
            .toList();
    int seeds = Integer.parseInt(args[1]);
    OrdinaryGraphs graphs = new OrdinaryGraphs(new Proofs(url));
    int rounds = graphs.run(Integer.parseInt(args[0]), seeds, holders);
    System.out.printf(
        "seeds %d, threads %d, leaked %d, rounds %d, the last one told in round %d, wrong %d%n",
        seeds,
        graphs.expected.size(),
        graphs.leaked.size(),
        rounds,
        graphs.first.values().stream().mapToInt(round -> round).max().orElse(0),
        Tally.wrong());
    System.exit(Tally.wrong() == 0 ? 0 : 1);
  }

  private int run(int from, int seeds, List<Holder> holders) throws Exception {
    for (int round = 1; round <= MOST_ROUNDS; round++) {
      if (round <= PLANTING) {
        for (int seed = from + seeds * (round - 1) / PLANTING;
            seed < from + seeds * round / PLANTING;
            seed++) {
          plant(seed, holders);
        }
      }
      collect(round);
      Map<String, Graph.Verdict> found = found();
      judge(found, round);
      if (round >= LEAST_ROUNDS && untold().isEmpty()) {
        return round;
      }
    }
    untold()
        .forEach(
            name ->
                Tally.wrong(
                    name
                        + " is "
                        + expected.get(name)
                        + ", not told as that by any of "
                        + MOST_ROUNDS
                        + " rounds"));
    return MOST_ROUNDS;
  }

  private void plant(int seed, List<Holder> holders) throws InterruptedException {
    Map<String, Graph.Verdict> verdicts = new HashMap<>();
    Set<String> kinds = new Graph(seed, holders, verdicts).plant();
    expected.putAll(verdicts);
    if (!kinds.contains(Holder.FINALIZER.name())) {
      verdicts.values().removeIf(verdict -> verdict == Graph.Verdict.NONE);
      leaked.addAll(verdicts.keySet());
    }
  }

  /// Collects, by force or for lack of space.
  private static void collect(int round) throws InterruptedException {
    if (round % 2 == 0) {
      for (int i = 0; i < WHOLE; i++) {
        System.gc();
      }
    } else {
      for (long bytes = 0; bytes < CHURNED_BYTES; bytes += CHUNK_BYTES) {
        garbage = new byte[CHUNK_BYTES];
      }
    }
    Thread.sleep(ROUND_MILLIS);
  }

  private Map<String, Graph.Verdict> found() throws IOException {
    Map<String, Graph.Verdict> found = new HashMap<>();
    present.clear();
    proofs.eachOfOrdinary(
        present::add,
        thread ->
            found.put(
                thread.name(),
                thread.isStranded() ? Graph.Verdict.STRANDED : Graph.Verdict.PROVEN));
    return found;
  }

  /// Who is proven may be told as stranded for a while.
  private void judge(Map<String, Graph.Verdict> found, int round) {
    found.forEach(
        (name, said) -> {
          Graph.Verdict verdict = expected.getOrDefault(name, Graph.Verdict.NONE);
          boolean isRight = verdict == said || verdict == Graph.Verdict.PROVEN;
          Tally.check(
              isRight, name + " is " + verdict + ", said to be " + said + " in round " + round);
          last.put(name, said);
          first.putIfAbsent(name, round);
        });
  }

  /// Those that are leaked, still there, and not told last as what they are. Only who is proven may
  /// be gone, with its executor.
  private Set<String> untold() {
    Set<String> untold = new HashSet<>(leaked);
    untold.removeIf(name -> expected.get(name) == last.get(name));
    untold.removeIf(
        name -> expected.get(name) == Graph.Verdict.PROVEN && !present.contains(name));
    return untold;
  }
}
