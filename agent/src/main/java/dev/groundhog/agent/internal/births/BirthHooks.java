package dev.groundhog.agent.internal.births;

import dev.groundhog.agent.internal.JavaBaseClass;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Puts calls where the JDK starts and ends threads: of virtual threads where their container takes
/// them in and lets them go, of platform threads where the JVM is asked for one, and at their end.
/// JDK 25's `jdk.internal.vm.ThreadContainer` and `java.lang.Thread`; where these differ, nothing
/// is changed and [#install] says so.
///
/// The transformer is removed as soon as it has done its work: while one is installed, virtual
/// threads that load a class are held by the JVM. So another agent that transforms these classes
/// again, later, takes the calls out.
public final class BirthHooks {
  static final String NAME = "jdk.internal.vm.GroundhogBirths1";
  private static final String CONTAINER = "jdk.internal.vm.ThreadContainer";
  private static final String CONTAINERS = "jdk.internal.vm.ThreadContainers";
  private static final ClassDesc HOOK = ClassDesc.of(NAME);
  private static final MethodTypeDesc TAKES_THREAD =
      MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of("java.lang.Thread"));

  /// Whether the JDK's classes have our calls.
  public enum Calls {
    THERE,
    LOST,
    /// It could not be told just now.
    UNKNOWN
  }

  /// Where in a method a call of ours is put.
  private sealed interface Spot {
    record Before(String call) implements Spot {}

    /// Not reached if that call throws.
    record Behind(String call) implements Spot {}

    /// Whether `element` is the call that is meant.
    default boolean isAt(CodeElement element) {
      return switch (this) {
        case Before(String call) -> calls(element, call);
        case Behind(String call) -> calls(element, call);
      };
    }

    private static boolean calls(CodeElement element, String method) {
      return element instanceof InvokeInstruction call && call.name().equalsString(method);
    }
  }

  /// @param in the method's name
  /// @param call which of ours
  /// @param thread the local variable with the thread
  /// @param orElse which of ours is called where the method throws
  private record Place(String in, Spot spot, String call, int thread, Optional<String> orElse) {}

  /// A container may refuse a thread, which then never starts: it is told of once it is taken in.
  private static final List<Place> IN_CONTAINER =
      List.of(
          new Place("add", new Spot.Behind("onStart"), "added", 1, Optional.empty()),
          new Place("remove", new Spot.Before("onExit"), "removed", 1, Optional.empty()));

  /// The end of a thread of the operating system is told behind what may block there, the scopes
  /// that it has left open, whether that throws or not: the compiler has the call twice.
  private static final List<Place> IN_THREAD =
      List.of(
          new Place("start", new Spot.Before("start0"), "starting", 0, Optional.of("refused")),
          new Place("exit", new Spot.Before("threadContainer"), "exiting", 0, Optional.empty()));

  /// `Thread` has two methods `start`.
  private static final int PLACES = 5;

  private final Field started;
  private final Field ended;

  private final Field canary;
  private final Object root;
  private final Method add;
  private final Method remove;
  private final Method exit;

  /// Two threads that never start, the same for each question: one that is made costs an id, and
  /// programs count those.
  private final Thread virtual = unstarted(Thread.ofVirtual());

  private final Thread platform = unstarted(Thread.ofPlatform());

  private BirthHooks(Class<?> hook, Class<?> container) throws ReflectiveOperationException {
    started = hook.getField("started");
    ended = hook.getField("ended");
    canary = hook.getField("canary");
    root = Class.forName(CONTAINERS).getMethod("root").invoke(null);
    add = container.getMethod("add", Thread.class);
    remove = container.getMethod("remove", Thread.class);
    exit = Thread.class.getDeclaredMethod("exit");
    exit.setAccessible(true);
  }

  /// Changes the JDK's classes; nobody is told of a thread until [#tell]. Needs `jdk.internal.vm`
  /// and `java.lang` to be open to this module.
  ///
  /// @throws IOException if this JVM differs from what is known, in one line
  public static BirthHooks install(Instrumentation instrumentation) throws IOException {
    try {
      Class<?> container = Class.forName(CONTAINER);
      Class<?> hook = JavaBaseClass.define(NAME, container);
      BirthHooks hooks = new BirthHooks(hook, container);
      hooks.putCalls(instrumentation);
      return hooks;
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      throw new IOException("starts of threads cannot be seen here: " + e, e);
    }
  }

  /// Puts the calls where they are missing: another agent may have taken them out.
  ///
  /// @throws IOException if that is not to be had here, in one line
  public void putCalls(Instrumentation instrumentation) throws IOException {
    Transformer transformer = new Transformer();
    instrumentation.addTransformer(transformer, true);
    try {
      instrumentation.retransformClasses(add.getDeclaringClass(), Thread.class);
    } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
      throw new IOException("starts of threads cannot be seen here: " + e, e);
    } finally {
      instrumentation.removeTransformer(transformer);
    }
    if (transformer.places.size() != PLACES) {
      throw new IOException("this JDK starts threads in another way: " + transformer.places);
    }
  }

  /// From now on these are called, on the threads that start others or end.
  public void tell(Consumer<Thread> start, Consumer<Thread> end) throws IOException {
    set(start, end);
  }

  /// Nobody is told any more.
  public void silence() throws IOException {
    set(null, null);
  }

  private void set(@Nullable Consumer<Thread> start, @Nullable Consumer<Thread> end)
      throws IOException {
    try {
      ended.set(null, end);
      started.set(null, start);
    } catch (IllegalAccessException e) {
      throw new IOException("starts of threads cannot be seen here: " + e, e);
    }
  }

  /// Whether the calls are still there: another agent may have taken them out. Lets the JDK take in
  /// a thread that was never started and let it go again, and another one end, which changes
  /// nothing else, starts no thread and makes none.
  public synchronized Calls calls() {
    try {
      canary.set(null, virtual);
      add.invoke(root, virtual);
      remove.invoke(root, virtual);
      if (canary.get(null) != null) {
        return Calls.LOST;
      }
      canary.set(null, platform);
      exit.invoke(platform);
      return canary.get(null) == null ? Calls.THERE : Calls.LOST;
    } catch (ReflectiveOperationException | RuntimeException | Error _) {
      return Calls.UNKNOWN; // for want of memory or of stack, say
    }
  }

  /// Runs no code of the program, as what inherits its values would.
  static Thread unstarted(Thread.Builder builder) {
    return builder.inheritInheritableThreadLocals(false).unstarted(() -> {});
  }

  private static final class Transformer implements ClassFileTransformer {
    /// Where calls were put.
    final Set<String> places = new TreeSet<>();

    @Override
    public byte @Nullable [] transform(
        @Nullable Module module,
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> type,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (type == Thread.class) {
        return changed(bytes, IN_THREAD);
      }
      return type != null && type.getName().equals(CONTAINER) && loader == null
          ? changed(bytes, IN_CONTAINER)
          : null;
    }

    private byte[] changed(byte[] bytes, List<Place> wanted) {
      ClassFile classFile = ClassFile.of();
      ClassModel model = classFile.parse(bytes);
      ClassTransform all = ClassTransform.ACCEPT_ALL;
      for (Place place : wanted) {
        all =
            all.andThen(
                ClassTransform.transformingMethodBodies(
                    method -> isAt(method, place) && !isOurs(method, place),
                    CodeTransform.ofStateful(() -> at(place))));
      }
      List<String> found = new ArrayList<>();
      for (MethodModel method : model.methods()) {
        for (Place place : wanted) {
          if (isAt(method, place)) {
            found.add(method.methodName().stringValue() + method.methodType().stringValue());
          }
        }
      }
      byte[] changed = classFile.transformClass(model, all);
      places.addAll(found);
      return changed;
    }

    private static boolean isAt(MethodModel method, Place place) {
      return method.methodName().equalsString(place.in)
          && method.code().isPresent()
          && method.code().get().elementStream().anyMatch(place.spot::isAt);
    }

    /// Another agent may have defined anew what it found, with our call in it.
    private static boolean isOurs(MethodModel method, Place place) {
      return method
          .code()
          .orElseThrow()
          .elementStream()
          .anyMatch(element ->
              element instanceof InvokeInstruction call
                  && call.owner().asSymbol().equals(HOOK)
                  && call.name().equalsString(place.call));
    }

    private static CodeTransform at(Place place) {
      return new CodeTransform() {
        @Override
        public void accept(CodeBuilder code, CodeElement element) {
          boolean isThere = place.spot.isAt(element);
          if (isThere && place.spot instanceof Spot.Before) {
            call(code, place.call);
          } else if (element instanceof ThrowInstruction) {
            place.orElse.ifPresent(ours -> call(code, ours));
          }
          code.with(element);
          if (isThere && place.spot instanceof Spot.Behind) {
            call(code, place.call);
          }
        }

        private void call(CodeBuilder code, String ours) {
          code.aload(place.thread).invokestatic(HOOK, ours, TAKES_THREAD);
        }
      };
    }
  }
}
