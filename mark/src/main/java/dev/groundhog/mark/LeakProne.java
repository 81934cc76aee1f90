package dev.groundhog.mark;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A function that may wait for something which never comes, a client's next request or a log's
/// next line, so that its thread can be left behind:
///
/// ```java
/// @LeakProne("follows the log until its client leaves")
/// void logs(HttpExchange exchange) { … }
/// ```
///
/// Once the work is done it may be on no stack: `groundhog check TARGET` fails while it is on one
/// of a running server. It costs nothing at run time: the compiler writes all marked functions of a
/// module into one file, [LeakProneIndex#RESOURCE], if it runs the annotation processor of this
/// module.
///
/// **Limits.** All overloads of the function are meant, as stacks don't tell them apart. A function
/// that only starts another thread, or hands a lambda to one, is not on that thread's stack: mark
/// what runs there. A method without a body is on no stack, and marking one is an error of the
/// compiler.
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface LeakProne {
  /// Why, in one line; shown with the function's stack.
  String value() default "";
}
