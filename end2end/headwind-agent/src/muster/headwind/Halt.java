package muster.headwind;

/**
 * The end of the whole run with an exit code. An Error, so that the places where the agent catches every Exception, and this
 * client with it, let it through.
 */
public final class Halt extends Error {
    /** The person is asked for something: the number again, or another server. */
    public static final int ASKED = 2;
    /** No server could be reached, or none that made sense. */
    public static final int NETWORK = 3;
    /** Wrong arguments. */
    public static final int USAGE = 64;
    /** A real phone's agent would have crashed here, or been harmed. */
    public static final int CRASH = 70;
    /** An answer had a field that the agent does not know. */
    public static final int UNKNOWN_FIELD = 71;

    private static final long serialVersionUID = 1;

    /** What the process ends with. */
    public final int code;

    /** Ends with this code; whoever throws has told why. */
    public Halt(int code) {
        super("exit " + code, null, false, false);
        this.code = code;
    }
}
