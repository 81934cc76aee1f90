import java.util.Random;

/// Something that is done over and over by one platform thread while proofs run.
@FunctionalInterface
interface Work {
  void once(Random random) throws Exception;
}
