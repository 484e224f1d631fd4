using PromptAD.Onnx;

namespace PromptAD.Tests.Onnx;

public sealed class EncoderSessionTests
{
    [Theory]
    [InlineData("Unable to load\n/a/onnxruntime.so: cannot open shared object file\n", "loaded. Add")]
    [InlineData("Unable to load\nlibm.so.6: version `GLIBC_2.38' not found\n", "loaded (libm.so.6: version `GLIBC_2.38' not found). Add")]
    public void A_runtime_that_does_not_load_is_answered_with_the_command_that_adds_it(string loader, string said)
    {
        string message = EncoderSession.ExplainRuntime(loader);
        Assert.Contains(said, message);
        Assert.Matches("'dotnet add package Microsoft.ML.OnnxRuntime --version [0-9]+[.][0-9]+[.][0-9]+'[.]$", message);
        Assert.DoesNotContain('\n', message);
    }
}
