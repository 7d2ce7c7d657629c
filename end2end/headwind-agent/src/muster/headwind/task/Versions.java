package muster.headwind.task;

import muster.headwind.message.ServerConfig.Application;
import muster.headwind.phone.State.Installed;

/** Which version of an app is the newer one (util/InstallUtils.java:179-252): by code where the server gives one, else by digits. */
final class Versions {
    private Versions() {}

    static boolean same(Installed there, Application wanted) {
        if (hasCode(wanted)) {
            return there.versionCode == wanted.code;
        }
        if (there.versionName == null || wanted.version == null) {
            return there.versionName == null && wanted.version == null;
        }
        return digits(there.versionName).equals(digits(wanted.version));
    }

    /** Whether the installed one is newer; parts that are no numbers make them equal. */
    static boolean isNewer(Installed there, Application wanted) {
        if (hasCode(wanted)) {
            return there.versionCode > wanted.code;
        }
        if (there.versionName == null || wanted.version == null) {
            return there.versionName != null;
        }
        String[] mine = digits(there.versionName).split("\\.");
        String[] theirs = digits(wanted.version).split("\\.");
        for (int i = 0; i < Math.min(mine.length, theirs.length); i++) {
            try {
                int order = Integer.compare(Integer.parseInt(mine[i]), Integer.parseInt(theirs[i]));
                if (order != 0) {
                    return order > 0;
                }
            } catch (NumberFormatException unlike) {
                return false;
            }
        }
        return mine.length > theirs.length;
    }

    private static boolean hasCode(Application wanted) {
        return wanted.code != null && wanted.code != 0;
    }

    private static String digits(String version) {
        return version.replaceAll("[^\\d.]", "");
    }
}
