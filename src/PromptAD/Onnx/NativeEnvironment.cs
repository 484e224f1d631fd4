using System.Runtime.InteropServices;

namespace PromptAD.Onnx;

/// <summary>The environment that native libraries read, of which .NET's own is a copy except on Windows.</summary>
public static partial class NativeEnvironment
{
    /// <summary>Sets a variable where the user has not set it. A library that reads it once must not be loaded yet.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    public static void SetDefault(string name, string value)
    {
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironment(name, value, overwrite: 0);
        else if (Environment.GetEnvironmentVariable(name) is null)
            Environment.SetEnvironmentVariable(name, value);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
