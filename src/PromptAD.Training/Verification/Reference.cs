using PromptAD.Files;

namespace PromptAD.Training.Verification;

/// <summary>A file of reference values, recognised by its tensors.</summary>
public static class Reference
{
    /// <summary>Recomputes everything in the file and reports each tensor.</summary>
    /// <exception cref="PromptADException">The file cannot be read, or is no reference of a known kind.</exception>
    public static void Verify(string path, Action<TensorCheck> report, CancellationToken cancellation)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        bool Has(string ending) => file.Tensors.Keys.Any(name => name.EndsWith(ending, StringComparison.Ordinal));
        if (file.Tensors.ContainsKey("vision.cls")) ModelVerification.Run(file, path, report, cancellation);
        else if (file.Tensors.ContainsKey(DinoVerification.Places)) DinoVerification.Run(file, path, report, cancellation);
        else if (Has(MapVerification.Fused)) MapVerification.Run(file, path, report);
        else if (Has(PictureVerification.Resized)) PictureVerification.Run(file, path, report);
        else
        {
            throw new PromptADException(
                Problem.Damaged, $"'{path}' is no reference file: it has no 'vision.cls', '{DinoVerification.Places}', '*.fused' or "
                + "'*.resized_u8'. Give a model, DINOv2, maps or preprocessing reference.");
        }
    }
}
