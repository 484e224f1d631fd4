using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Dino;
using PromptAD.Files;

namespace PromptAD.Store;

/// <summary>Tells the configuration of a DINOv2 from the shapes of its tensors.</summary>
internal static class DinoShapes
{
    private const string Any = DinoConfigurationReader.Kind;
    private const int HeadWidth = 64; // of all published models

    /// <summary>Whether a configuration's name stands for whatever DINOv2 the checkpoint is.</summary>
    public static bool IsName(string configuration) => configuration.Equals(Any, StringComparison.OrdinalIgnoreCase);

    /// <summary>The configuration of a checkpoint, at the size that it was trained with.</summary>
    /// <exception cref="PromptADException">It is no DINOv2, or one of other heads than the published ones.</exception>
    public static DinoConfiguration Infer(Checkpoint checkpoint)
    {
        long[] position = ShapeOf(checkpoint, DinoTensors.Position), kernel = ShapeOf(checkpoint, $"{DinoTensors.Patch}.weight");
        if (position is not [1, var places, var width]
            || kernel is not [_, 3, var patch, _]
            || ShapeOf(checkpoint, "blocks.0.ls1.gamma").Length == 0) throw NoDino(checkpoint);
        long grid = (long)Math.Sqrt(places - 1), layers = 1;
        while (checkpoint.Tensors.ContainsKey($"blocks.{layers}.norm1.weight")) layers++;
        if (width % HeadWidth != 0)
        {
            throw new PromptADException(
                Problem.Mismatch,
                $"The checkpoint's width is {width}, which heads of {HeadWidth} do not divide; give its configuration as a JSON file.");
        }
        long registers = ShapeOf(checkpoint, DinoTensors.Registers) is [_, var count, _] ? count : 0;
        bool isGated = checkpoint.Tensors.ContainsKey("blocks.0.mlp.w12.weight");
        return DinoConfiguration.Parse(
            $$"""
            {
              "kind": "{{Any}}", "width": {{width}}, "layers": {{layers}}, "heads": {{width / HeadWidth}}, "patch": {{patch}},
              "trained_size": {{grid * patch}}, "registers": {{registers}},
              "ffn": "{{(isGated ? DinoConfigurationReader.SwiGlu : DinoConfigurationReader.Mlp)}}"
            }
            """,
            "the shapes of the checkpoint");
    }

    /// <summary>What the backbone of an inferred configuration is called: the published name, if it has one.</summary>
    public static string NameOf(IEncoderConfiguration configuration) =>
        BackboneCatalog.NamesOf(configuration.Kind).FirstOrDefault(name => BackboneCatalog.Find(name).Equals(configuration)) ?? Any;

    private static long[] ShapeOf(Checkpoint checkpoint, string name) => checkpoint.Tensors.GetValueOrDefault(name)?.Shape ?? [];

    private static PromptADException NoDino(Checkpoint checkpoint)
    {
        string what = ModelFamily.Guess(checkpoint.FoundNames) is var (family, name)
            ? $": its names, such as '{Printable.Line(name)}', are those of {family}"
            : "";
        return new PromptADException(
            Problem.Mismatch,
            $"The checkpoint is no DINOv2{what}. Give one as Meta, timm or Hugging Face name it, or choose another configuration.");
    }
}
