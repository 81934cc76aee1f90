package dev.groundhog.context;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The contexts that cannot be cancelled by themselves.
abstract sealed class BaseContext implements Context {
  static final ScopedValue<Context> CURRENT = ScopedValue.newInstance();

  static final Context BACKGROUND = new Background();

  private static final class Background extends BaseContext {
    @Override
    public <T> Optional<T> value(Key<T> key) {
      return Optional.empty();
    }

    @Override
    public String toString() {
      return "background";
    }
  }

  static final class Valued extends BaseContext {
    private final Context parent;
    private final Key<?> key;
    private final Object value;
    private final @Nullable CancellableContext canceller;

    <T> Valued(Context parent, Key<T> key, T value) {
      this.parent = parent;
      this.key = key;
      this.value = value;
      this.canceller = canceller(parent);
    }

    @Override
    public <T> Optional<T> value(Key<T> wanted) {
      return find(this, wanted);
    }

    @Override
    public String toString() {
      return parent + "." + key;
    }
  }

  static final class Uncancelled extends BaseContext {
    private final Context parent;

    Uncancelled(Context parent) {
      this.parent = parent;
    }

    @Override
    public <T> Optional<T> value(Key<T> key) {
      return find(parent, key);
    }

    @Override
    public String toString() {
      return parent + ".withoutCancel";
    }
  }

  /// The nearest context at or above this one that can be cancelled. Not for users: who works under
  /// a context must not cancel it for others.
  static @Nullable CancellableContext canceller(Context context) {
    return switch (context) {
      case CancellableContext cancellable -> cancellable;
      case Valued valued -> valued.canceller;
      case Uncancelled _, Background _ -> null;
    };
  }

  /// Looks upwards without recursion: a chain may be long.
  @SuppressWarnings("unchecked") // a key is of the type of its values
  static <T> Optional<T> find(Context from, Key<T> wanted) {
    Context context = from;
    while (true) {
      switch (context) {
        case Valued valued when valued.key == wanted -> {
          return Optional.of((T) valued.value);
        }
        case Valued valued -> context = valued.parent;
        case Uncancelled uncancelled -> context = uncancelled.parent;
        case CancellableContext cancellable -> context = cancellable.parent();
        case Background _ -> {
          return Optional.empty();
        }
      }
    }
  }
}
