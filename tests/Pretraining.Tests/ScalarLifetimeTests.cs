using Mono.Cecil;
using PromptAD.Training;
using TorchSharp;

namespace PromptAD.Pretraining.Tests;

/// <summary>
/// Looks into the compiled code: every number of a tensor operation has to come from <see cref="Scalars"/>. TorchSharp's conveniences make one themselves,
/// which the garbage collector may free while the operation reads it; that shows in one step of a thousand, as a wrong number.
/// </summary>
public sealed class ScalarLifetimeTests
{
    private static readonly HashSet<string> Unsafe = UnsafeMethods();

    [Fact]
    public void The_conveniences_are_recognised()
    {
        Assert.Contains("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::op_Multiply(TorchSharp.torch/Tensor,System.Double)", Unsafe);
        Assert.Contains("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", Unsafe);
        Assert.DoesNotContain("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::mul(TorchSharp.Scalar)", Unsafe);
    }

    [Theory]
    [InlineData(typeof(Scalars))]
    [InlineData(typeof(Pretraining.Learning.Optimizer))]
    public void No_operation_makes_its_own_numbers(Type inAssembly)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(inAssembly.Assembly.Location);

        string[] found =
        [
            .. from method in Methods(assembly)
               where method.DeclaringType.Name != nameof(Scalars)
               from called in Called(method)
               where MakesNumber(called) || Unsafe.Contains(Name(called))
               select $"{method.DeclaringType.Name}.{method.Name} calls {Name(called)}",
        ];

        Assert.Empty(found);
    }

    /// <summary>The methods of TorchSharp that make a number and hand it to native code, by themselves or through others.</summary>
    private static HashSet<string> UnsafeMethods()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(torch).Assembly.Location);
        var calls = Methods(assembly).Where(method => !IsScalar(method)).GroupBy(method => method.FullName)
            .ToDictionary(group => group.Key, group => group.SelectMany(Called).ToArray());
        HashSet<string> found = [.. calls.Where(pair => pair.Value.Any(MakesNumber)).Select(pair => pair.Key)];
        while (calls.Where(pair => !found.Contains(pair.Key) && pair.Value.Any(called => found.Contains(Name(called)))).Select(pair => pair.Key).ToList() is { Count: > 0 } more)
            found.UnionWith(more);
        return found;
    }

    private static IEnumerable<MethodDefinition> Methods(AssemblyDefinition assembly) =>
        assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static IEnumerable<MethodReference> Called(MethodDefinition method) => method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>();

    private static bool MakesNumber(MethodReference method) => IsScalar(method) && method.Name is ("op_Implicit" or ".ctor" or nameof(ScalarExtensionMethods.ToScalar));

    private static bool IsScalar(MethodReference method) => method.DeclaringType.Name is nameof(Scalar) or nameof(ScalarExtensionMethods);

    private static string Name(MethodReference method) => method.GetElementMethod().FullName;
}
