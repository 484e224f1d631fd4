namespace PromptAD.Training;

/// <summary>
/// Settings of the libraries inside libtorch. They read them from the environment once, so they must be made before libtorch is loaded.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>Makes the settings, where the user has not made them.</summary>
    /// <remarks>
    /// Waiting threads sleep instead of spin: on a machine that does other work as well, spinning threads hold the cores that the others
    /// need. Training a small model beside three busy processes took 60 s spinning and 6 s sleeping. Matrix products repeat to the last
    /// bit: else they depend on where memory happens to lie, and the learned prompts with them.
    /// </remarks>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux()) return;
        NativeEnvironment.SetDefault("OMP_WAIT_POLICY", "passive");
        NativeEnvironment.SetDefault("MKL_CBWR", "AUTO,STRICT");
    }
}
