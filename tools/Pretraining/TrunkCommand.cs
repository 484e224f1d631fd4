using System.CommandLine;
using System.Security.Cryptography;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Onnx;
using PromptAD.Pretraining.Model;

namespace PromptAD.Pretraining;

/// <summary><c>trunk</c>: the first layers of a network that has learned from photographs, as the weights of a configuration's trunk.</summary>
internal static class TrunkCommand
{
    public static Command Create()
    {
        var command = new Command("trunk", "Writes the weights of a trunk from the ONNX file of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18.");
        var onnx = new Option<string>("--onnx") { Required = true, Description = "ResNet18.onnx of the package." };
        var config = new Option<string>("--config") { Required = true, Description = "The model's configuration, a JSON file in open_clip's form with a trunk." };
        var output = new Option<string>("--output") { Required = true, Description = "The file to write." };
        foreach (Option option in (Option[])[onnx, config, output]) command.Options.Add(option);
        command.SetAction(result =>
        {
            string configuration = result.GetValue(config)!, path = result.GetValue(output)!;
            ResidualTrunk trunk = ClipConfiguration.Parse(File.ReadAllText(configuration), configuration).Vision.Trunk
                ?? throw new PromptADException(Problem.InvalidArgument, $"'{configuration}' has no trunk; give a configuration with vision_cfg.trunk.");
            Write(ModelProto.Parser.ParseFrom(File.ReadAllBytes(result.GetValue(onnx)!)).Graph, trunk, path);
            Console.WriteLine($"{path}: sha256 {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}");
            return 0;
        });
        return command;
    }

    /// <summary>Writes a trunk's weights.</summary>
    public static void Write(GraphProto network, ResidualTrunk trunk, string path)
    {
        Dictionary<string, float[]> weights = new FoldedNetwork(network).Read(trunk);
        TensorEntry[] entries =
        [
            .. trunk.Convolutions().SelectMany(convolution => (TensorEntry[])
            [
                new($"visual.{convolution.Name}.weight", ElementType.Float32, convolution.Kernel),
                new($"visual.{convolution.Name}.bias", ElementType.Float32, [convolution.Kernel[0]]),
            ]),
        ];
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries).Write(stream, entry => weights[entry.Name]));
    }
}
