using System.Numerics.Tensors;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Encoders.Clip;
using PromptAD.Store;

namespace PromptAD.Benchmarks;

/// <summary>
/// An execution provider against the processor, in the same run: how near its features are to the processor's in float32, how long a
/// picture takes; and, given a detector and pictures, how near predictions are.
/// </summary>
internal static class ProviderBenchmark
{
    private const string Configuration = "ViT-B-16-plus-240";
    private const int Rounds = 10, Batch = 8;

    public static int Run(string[] arguments)
    {
        bool known = Enum.TryParse(arguments.FirstOrDefault(), ignoreCase: true, out ExecutionProvider provider);
        if (!known || arguments.Length is not (1 or 3))
        {
            Console.Error.WriteLine(
                "Usage: PromptAD.Benchmarks provider <cuda|tensorrt|directml|openvino|coreml> [<detector> <folder of pictures>]");
            return 2;
        }
        try
        {
            foreach (string line in Machine.Describe()) Console.WriteLine(line);
            CompareEncoders(provider);
            if (arguments is [_, string file, string folder]) ComparePredictions(provider, file, folder);
            return 0;
        }
        catch (PromptADException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    private static void CompareEncoders(ExecutionProvider provider)
    {
        string folder = Directory.CreateTempSubdirectory("promptad-provider-").FullName;
        try
        {
            var store = new BackboneStore(folder);
            Backbone Make(BackbonePrecision precision, ExecutionProvider on)
            {
                string id = $"{Configuration}-{precision}";
                if (!Directory.Exists(Path.Combine(folder, id)))
                    store.Generate(BackboneCatalog.Find(Configuration), id, new BackboneImportOptions { Precision = precision });
                return store.Open(id, new EncoderOptions { Provider = on });
            }
            using Backbone processor = Make(BackbonePrecision.Float32, ExecutionProvider.Cpu);
            Print("cpu", BackbonePrecision.Float32, processor, processor);
            foreach (BackbonePrecision precision in Enum.GetValues<BackbonePrecision>())
            {
                try
                {
                    using Backbone other = Make(precision, provider);
                    Print(Name(provider), precision, other, processor);
                }
                catch (PromptADException e) when (precision != BackbonePrecision.Float32)
                {
                    Console.WriteLine($"{Name(provider),-9} {precision,-8}  {e.Message}");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(string name, BackbonePrecision precision, Backbone backbone, Backbone reference)
    {
        int side = backbone.Configuration.Vision.ImageSize;
        byte[] pixels = PredictionWork.Noise(3 * side * side * Batch);
        double ready = Clock.Seconds(() => backbone.Clip.Encode(pixels, 1).Dispose());
        double Milliseconds(int batch) => 1000 * Best(() => backbone.Clip.Encode(pixels, batch).Dispose()) / batch;
        using ClipFeatures exact = reference.Clip.Encode(pixels, Batch), actual = backbone.Clip.Encode(pixels, Batch);
        double error = new[]
        {
            Error(exact.Cls, actual.Cls), Error(exact.Tokens, actual.Tokens), Error(exact.Memory(0), actual.Memory(0)),
        }.Max();
        Console.WriteLine($"{name,-9} {precision,-8}  ready in {ready:F1} s   batch 1: {Milliseconds(1),8:F2} ms a picture   "
            + $"batch {Batch}: {Milliseconds(Batch),8:F2} ms   relative error {error:0.0e+0}");
    }

    private static void ComparePredictions(ExecutionProvider provider, string file, string folder)
    {
        using var detector = AnomalyDetector.Load(file);
        using var other = AnomalyDetector.Load(file, new EncoderOptions { Provider = provider });
        string[] pictures = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        double score = 0, map = 0;
        foreach (string picture in pictures)
        {
            Prediction expected = detector.Predict(picture), actual = other.Predict(picture);
            score = Math.Max(score, Math.Abs(expected.Score - actual.Score));
            float[] difference = expected.Map.Values.ToArray();
            TensorPrimitives.Subtract(difference, actual.Map.Values.Span, difference);
            map = Math.Max(map, Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)));
        }
        Console.WriteLine($"{pictures.Length} pictures by {Path.GetFileName(file)}: "
            + $"scores differ by at most {score:0.0e+0}, maps by at most {map:0.0e+0}");
    }

    private static string Name(ExecutionProvider provider) => provider.ToString().ToLowerInvariant();

    private static double Best(Action work)
    {
        work();
        return Enumerable.Range(0, Rounds).Min(_ => Clock.Seconds(work));
    }

    /// <summary>The length of the difference over that of what is exact.</summary>
    private static double Error(ReadOnlySpan<float> exact, ReadOnlySpan<float> actual) =>
        TensorPrimitives.Distance(exact, actual) / TensorPrimitives.Norm(exact);
}
