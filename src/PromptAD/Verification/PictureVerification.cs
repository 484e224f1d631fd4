using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Imaging;

namespace PromptAD.Verification;

/// <summary>
/// Recomputes a preprocessing reference from the pictures beside it: the 8-bit resize and the normalised tensors, resized directly and by
/// way of 1024 (Q5).
/// </summary>
internal static class PictureVerification
{
    public const string Resized = ".resized_u8";
    private const int Size = 240, Step = 3; // the tensors keep every third row and column
    private const double LargestShareOff = 0.001;
    private static readonly float[] Deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    public static void Run(SafetensorsFile file, string path, Action<TensorCheck> report)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        IEnumerable<string> tensors = file.Tensors.Keys.Where(key => key.EndsWith(Resized, StringComparison.Ordinal));
        foreach (string tensor in tensors.Order(StringComparer.Ordinal))
        {
            string name = tensor[..^Resized.Length];
            string pictureFile = Path.Combine(folder, $"{Path.GetFileName(name)}.png");
            using Picture picture = PictureDecoder.Decode(pictureFile, new PreprocessingOptions().MaxPicturePixels);
            byte[] expected = file.ReadBytes(tensor);
            byte[] actual = ResizedRgb(picture);
            int[] off = [.. actual.Zip(expected, (a, b) => Math.Abs(a - b))];
            bool sameSize = actual.Length == expected.Length;
            report(new TensorCheck(tensor, sameSize ? off.Max() : double.PositiveInfinity, 1));
            double shareOff = sameSize ? off.Count(difference => difference > 0) / (double)off.Length : 1;
            report(new TensorCheck($"{tensor} share off", shareOff, LargestShareOff));
            CheckTensor(file, $"{name}.direct", picture, ResizeMode.Direct, levels: 1, report);
            CheckTensor(file, $"{name}.paper", picture, ResizeMode.Through1024, levels: 2, report);
        }
    }

    private static byte[] ResizedRgb(Picture picture)
    {
        using Picture resized = new BicubicResampler(Size, Size).Resize(picture.Frame);
        Span<byte> pixels = resized.Pixels;
        var rgb = new byte[3 * Size * Size];
        for (int i = 0; i < Size * Size; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                rgb[(3 * i) + channel] = resized.IsGray ? pixels[i] : pixels[(4 * i) + 2 - channel];
        }
        return rgb;
    }

    /// <summary>Compares the normalised tensor; the tolerance is a number of 8-bit levels, in units of the tensor.</summary>
    private static void CheckTensor(
        SafetensorsFile file, string name, Picture picture, ResizeMode resize, int levels, Action<TensorCheck> report)
    {
        var preprocessor = new Preprocessor(Size, new PreprocessingOptions { Resize = resize });
        var planes = new byte[preprocessor.Length]; // (3, size, size)
        preprocessor.PrepareReference(picture.Frame, planes);
        float[] tensor = ClipPixels.Normalise(planes);
        int plane = Size * Size;
        float[] kept = [.. Enumerable.Range(0, 3)
            .SelectMany(channel => SquareMap.Thin(tensor[(channel * plane)..((channel + 1) * plane)], Size, Step))];
        double tolerance = (levels / 255.0 / Deviation.Min()) + 1e-5;
        report(TensorCheck.Absolute(name, kept, file.ReadFloats(name), tolerance));
    }
}
