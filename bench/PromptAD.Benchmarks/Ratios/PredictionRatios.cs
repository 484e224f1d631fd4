using PromptAD.Encoders;
using PromptAD.Encoders.Dino;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>What prediction claims.</summary>
internal static class PredictionRatios
{
    private const int Rounds = 8, ShortRounds = 24, BatchRounds = 3, InStream = 12;
    private const double Percent = 100;

    public static IEnumerable<Ratio> List(Workplace workplace)
    {
        yield return new Ratio(
            "prediction: float32 encoder, batch 1, of one matrix product's speed",
            Target.AtLeast(90, "%"), () => OfProduct(workplace.Backbone, 1, Rounds));
        yield return new Ratio(
            "prediction: float32 encoder, batch 8, of one matrix product's speed",
            Target.AtLeast(90, "%"), () => OfProduct(workplace.Backbone, 8, BatchRounds));
        yield return new Ratio(
            "prediction: DINOv2 ViT-S/14, batch 1, of one matrix product's speed",
            Target.AtLeast(90, "%"), () => OfProduct(workplace.Dino, Workplace.DinoConfiguration));
        yield return new Ratio(
            "prediction: embedded encoder, batch 1, of one matrix product's speed",
            Target.AtLeast(90, "%"), () => OfProduct(workplace.Embedded, 1, ShortRounds));
        yield return new Ratio("prediction: int8 encoder, times faster than float32", Target.AtLeast(1.6, "x"), () => Int8(workplace));
        yield return new Ratio("prediction: int8 weights, of float32's size", Target.AtMost(50, "%"), () => Int8Size(workplace));
        yield return new Ratio(
            "prediction: decoding, resizing, scoring, of a float32 prediction",
            Target.AtMost(5, "%"), () => Work(workplace, work => work.BesideEncoder(ShortRounds)));
        yield return new Ratio(
            "prediction: allocated beside the map, a prediction",
            Target.AtMost(32, " kB"), () => Work(workplace, work => work.AllocatedKilobytes()));
        yield return new Ratio(
            "prediction: a stream's pace, of the encoder's alone",
            Target.AtLeast(90, "%"), () => Work(workplace, work => work.StreamPace(InStream)));
    }

    private static double OfProduct(Backbone backbone, int batch, int rounds)
    {
        byte[] pixels = PredictionWork.Noise(backbone.Encoder.InputLength * batch);
        double operations = batch * EncoderOperations.Count(backbone.Configuration);
        return OfProduct(operations, rounds, () => backbone.Clip.Encode(pixels, batch).Dispose());
    }

    private static double OfProduct(Backbone dino, DinoConfiguration configuration)
    {
        IPatchEncoder encoder = dino.OpenEncoder();
        byte[] pixels = PredictionWork.Noise(encoder.Info.InputLength);
        PictureFeatures features = PictureFeatures.Room(encoder.Info);
        return OfProduct(EncoderOperations.Count(configuration), ShortRounds, () => encoder.Encode(pixels, features));
    }

    private static double OfProduct(double operations, int rounds, Action encode)
    {
        using var product = new MatrixProduct();
        (double one, double seconds) = Clock.Best(rounds, product.Run, encode);
        return Percent * (operations / seconds) / (MatrixProduct.Operations / one);
    }

    private static double Int8(Workplace workplace)
    {
        int side = workplace.Backbone.Configuration.Vision.ImageSize;
        byte[] pixels = PredictionWork.Noise(3 * side * side);
        (double exact, double rounded) = Clock.Best(
            Rounds, () => workplace.Backbone.Clip.Encode(pixels, 1).Dispose(), () => workplace.Int8.Clip.Encode(pixels, 1).Dispose());
        return exact / rounded;
    }

    private static double Int8Size(Workplace workplace)
    {
        long SizeOf(Backbone backbone) =>
            new FileInfo(Path.Combine(workplace.Store.Info(backbone.Id).Folder, Backbone.VisionWeightsFile)).Length;
        return Percent * SizeOf(workplace.Int8) / SizeOf(workplace.Backbone);
    }

    private static double Work(Workplace workplace, Func<PredictionWork, double> measure)
    {
        using var work = new PredictionWork(workplace.Backbone);
        return measure(work);
    }
}
