using System.Runtime.InteropServices;

namespace PromptAD.Training;

/// <summary>How libtorch's threads wait for each other.</summary>
internal static partial class OpenMp
{
    /// <summary>
    /// Lets waiting threads sleep instead of spin. Must be called before libtorch is loaded. On a machine that does other work as well,
    /// spinning threads hold the cores that the others need: training a small model beside three busy processes took 60 s spinning and 6 s
    /// sleeping. A policy that the user has set stays.
    /// </summary>
    public static void SleepWhileWaiting()
    {
        // The runtime's own environment is a copy; GNU OpenMP reads the process's.
        if (OperatingSystem.IsLinux()) _ = SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
