/** Every call ends and gives back what it took, whatever a user or a server does. */
@NullMarked
package dev.fetchwell.liveness;

import org.jspecify.annotations.NullMarked;
