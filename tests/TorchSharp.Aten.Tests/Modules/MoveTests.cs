using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class MoveTests : TensorTest
{
    [Fact]
    public void ToType_OfATree_ConvertsFloatsAndKeepsObjects()
    {
        using Sequential net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2));
        Parameter weight = net.get_parameter("0.weight")!;
        double[] values = RecordedTensor.Numbers(weight);
        long handles = Tensor.TotalCount;

        Assert.Same(net, net.to(ScalarType.Float64));

        Assert.Same(weight, net.get_parameter("0.weight"));
        Assert.Equal(ScalarType.Float64, weight.dtype);
        Assert.Equal(ScalarType.Float64, net.get_buffer("1.running_mean")!.dtype);
        Assert.Equal(ScalarType.Int64, net.get_buffer("1.num_batches_tracked")!.dtype);
        Assert.Equal(values, RecordedTensor.Numbers(weight));
        Assert.True(weight.requires_grad && weight.is_leaf);
        Assert.Equal(handles, Tensor.TotalCount);
    }

    [Fact]
    public void ToType_WithAGradient_ConvertsItToo()
    {
        using Linear linear = nn.Linear(2, 1);
        linear.call(tensor(new float[,] { { 2, 3 } })).backward();

        linear.to(ScalarType.Float64);

        using Tensor? gradient = linear.weight.grad;
        Assert.Equal(ScalarType.Float64, gradient!.dtype);
        Assert.Equal([2, 3], RecordedTensor.Numbers(gradient));
    }

    [Fact]
    public void ToType_AndBack_StillTrains()
    {
        using Linear linear = nn.Linear(2, 1);
        using SGD optimizer = optim.SGD(linear.parameters(), 0.1);
        linear.@double();
        linear.@float();
        float before = linear.bias!.item<float>();

        linear.call(ones(1, 2)).sum().backward();
        optimizer.step();

        Assert.Equal(before - 0.1f, linear.bias.item<float>(), 6);
    }

    [Fact]
    public void To_EveryForm_EndsWhereItIsAsked()
    {
        using Linear linear = nn.Linear(2, 1);

        Assert.Equal(ScalarType.Float16, linear.half().weight.dtype);
        Assert.Equal(ScalarType.BFloat16, linear.bfloat16().weight.dtype);
        Assert.Equal(ScalarType.Float64, linear.to(CPU, ScalarType.Float64).weight.dtype);
        Assert.Equal(DeviceType.CPU, linear.to(CPU).to("cpu").to(DeviceType.CPU).cpu().weight.device_type);
        Assert.Equal(ScalarType.Float32, linear.to(zeros(1)).weight.dtype);
    }

    [Fact]
    public void ToType_OfIntegers_IsRefused()
    {
        using Linear linear = nn.Linear(2, 1);

        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => linear.to(ScalarType.Int64)).Message,
            StringComparison.Ordinal);
        Assert.Equal(ScalarType.Float32, linear.weight.dtype);
    }

    [Fact]
    public void Cuda_WhereThereIsOne_MovesAndElseRefuses()
    {
        using Linear linear = nn.Linear(2, 1);
        if (cuda_is_available())
        {
            Assert.Equal(DeviceType.CUDA, linear.cuda().weight.device_type);
            return;
        }
        Assert.ThrowsAny<Exception>(() => linear.cuda());
        Assert.False(linear.weight.IsInvalid);
    }
}
