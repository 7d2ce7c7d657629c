package muster.headwind.message;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The body of the first call (json/DeviceEnrollOptions.java). Nulls are written, and the groups twice: the agent's helper
 * getGroupSet() is a property to Jackson.
 */
public final class EnrolOptions {
    public final String customer;
    public final String configuration;
    public final List<String> groups;
    public final Set<String> groupSet;

    /** The options of a QR code; each may be null. */
    public EnrolOptions(String customer, String configuration, Set<String> groups) {
        this.customer = customer;
        this.configuration = configuration;
        this.groups = groups == null ? null : List.copyOf(groups);
        this.groupSet = groups == null ? null : new LinkedHashSet<>(groups);
    }
}
