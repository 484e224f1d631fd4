using PromptAD.Files;
using PromptAD.Verification;

namespace PromptAD.Training.Verification;

/// <summary>A file of reference values, recognised by its tensors.</summary>
public static class Reference
{
    /// <summary>Recomputes everything in the file and reports each tensor.</summary>
    /// <exception cref="PromptADException">The file cannot be read, or is no reference of a known kind.</exception>
    public static void Verify(string path, Action<TensorCheck> report, CancellationToken cancellation)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Tensors.ContainsKey("vision.cls")) ModelVerification.Run(file, path, report, cancellation);
        else if (!VisionReference.TryVerify(file, path, report, cancellation))
        {
            throw new PromptADException(
                Problem.Damaged, $"'{path}' is no reference file: it has no 'vision.cls', 'pos_embed.resized', '*.fused' or "
                + "'*.resized_u8'. Give a model, DINOv2, maps or preprocessing reference.");
        }
    }
}
