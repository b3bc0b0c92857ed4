@NullMarked
package dev.fetchwell.socket;

import org.jspecify.annotations.NullMarked;
